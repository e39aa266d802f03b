"""The draw for everybody: the commitment before, the seed and the file after."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from jinbang.kernel.actors import SYSTEM
from jinbang.seating import actions
from jinbang.seating.models import SeatPlan
from tests.seating.world import AFTER_EXAM, AFTER_PAYMENT, SEED, World

pytestmark = pytest.mark.django_db


def test_the_commitment_is_public_before_the_draw_and_the_seed_is_not(world: World) -> None:
    address = reverse("seating:draws", args=[world.sitting.code])
    assert "种子的摘要尚未公布" in Client().get(address).content.decode()
    plan = actions.commit_seed(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT, seed=SEED)
    html = Client().get(address).content.decode()
    assert plan.seed_commitment in html
    assert SEED not in html


def test_the_seed_and_the_file_are_public_after_the_examination(drawn: World) -> None:
    page = reverse("seating:draws", args=[drawn.sitting.code])
    file = reverse("seating:draw_file", args=[drawn.sitting.code, "14"])
    assert SEED not in Client().get(page).content.decode()
    assert Client().get(file).status_code == 404
    actions.publish_plan(region_id=drawn.region.pk, by=SYSTEM, now=AFTER_EXAM)
    html = Client().get(page).content.decode()
    assert SEED in html
    assert file in html
    assert json.loads(Client().get(file).content)["digest"] == SeatPlan.objects.get().digest


def test_a_sitting_that_is_not_published_shows_nothing(world: World) -> None:
    world.sitting.state = "draft"
    world.sitting.save()
    assert Client().get(reverse("seating:draws", args=[world.sitting.code])).status_code == 404
    assert Client().get(reverse("seating:draws", args=["no-such"])).status_code == 404
