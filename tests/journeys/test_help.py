"""Where help stands for somebody at a phone: a copied page that gives itself away."""

import pytest

from tests.journeys.conftest import Visitor, World

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("path", ["", "?again"])
def test_a_page_at_another_address_warns_and_at_its_own_it_does_not(visitor: Visitor, world: World, path: str) -> None:
    address = f"{world.facts['samples'][0]['url']}{path}"
    verdict = visitor.visit(address).locator("[data-own-address]")
    assert verdict.inner_text() == "本页地址与官方网址一致。"
    assert "jb-wrong-address" not in str(verdict.get_attribute("class"))
    verdict = visitor.visit(address.replace("localhost", "127.0.0.1")).locator("[data-own-address]")
    assert "本页地址不是官方网址" in verdict.inner_text()
    assert "jb-wrong-address" in str(verdict.get_attribute("class"))
