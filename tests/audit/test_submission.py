"""A form sent twice takes effect once, and the proof that it is the unique row that makes it so."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from uuid import uuid4

import pytest
from django.db import close_old_connections, connection, transaction
from django.http import QueryDict
from django.template import Context, Template

from jinbang.audit import submission
from jinbang.audit.errors import SubmissionKeyMissing, SubmissionKeyReused
from jinbang.audit.models import IdempotencyKey, StateChange
from jinbang.kernel.crypto import bind_key_ring, key_ring
from jinbang.kernel.errors import DomainError
from tests.racing import Contest
from tests.tiers import Measure, Tier

ACCOUNT = uuid4()
FORMS = Measure.FORMS_SENT_AGAIN
BODY = {"amount": "100", "note": "现金"}


class Refused(DomainError):
    """A refusal of the effect itself."""

    code = "refused_in_a_test"


def effect(location: str = "/orders/1/") -> str:
    """Leave one countable row and say where it led."""
    StateChange.objects.create(
        at="2026-03-10T10:00:00+08:00", actor_kind="system", subject_kind="test", subject_id=uuid4(), event="effect"
    )
    return location


def effects() -> int:
    return StateChange.objects.filter(event="effect").count()


def send(
    key: str, *, act: Callable[[], str] = effect, body: dict[str, str] = BODY, action: str = "payment.record"
) -> str:
    return submission.perform_once(key=key, account_id=ACCOUNT, action=action, body=body, act=act)


@pytest.mark.django_db
def test_a_repeat_is_told_where_the_first_led_and_has_no_effect() -> None:
    key = submission.new_submission_key()
    assert send(key) == "/orders/1/"
    assert send(key, act=lambda: effect("/orders/2/")) == "/orders/1/"
    assert effects() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [{"body": {**BODY, "amount": "1000"}}, {"action": "payment.refund"}, {"body": {}}],
    ids=["other amount", "other action", "emptied"],
)
def test_refuses_the_same_key_with_another_body_or_action(change: dict[str, object]) -> None:
    key = submission.new_submission_key()
    send(key)
    with pytest.raises(SubmissionKeyReused) as refusal:
        send(key, **change)  # type: ignore[arg-type]  # the cases above fit
    assert refusal.value.action == "payment.record"
    assert effects() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "short", "x" * 65, "has space in it!!"])
def test_refuses_a_form_without_a_key_of_ours(key: str) -> None:
    with pytest.raises(SubmissionKeyMissing):
        send(key)
    assert effects() == 0


@pytest.mark.django_db
def test_another_account_may_use_the_same_key() -> None:
    key = submission.new_submission_key()
    send(key)
    submission.perform_once(key=key, account_id=uuid4(), action="payment.record", body=BODY, act=effect)
    assert effects() == 2


@pytest.mark.django_db
def test_a_refused_effect_leaves_no_key_so_the_corrected_form_may_come_with_it() -> None:
    key = submission.new_submission_key()

    def refuse() -> str:
        effect()
        raise Refused

    with pytest.raises(Refused):
        send(key, act=refuse)
    assert effects() == 0
    assert send(key, body={**BODY, "amount": "99"}) == "/orders/1/"
    assert effects() == 1


@pytest.mark.django_db
def test_a_repeat_is_recognised_after_the_key_ring_was_rotated() -> None:
    key, ring = submission.new_submission_key(), key_ring()
    send(key)
    bind_key_ring(ring.with_new_key("submission"))
    try:
        assert send(key) == "/orders/1/"
    finally:
        bind_key_ring(ring)
    assert effects() == 1


@pytest.mark.django_db
def test_the_stored_hash_cannot_be_found_by_trying_bodies_without_the_ring() -> None:
    send(submission.new_submission_key())
    send(submission.new_submission_key())
    one, other = IdempotencyKey.objects.values_list("body_hash", flat=True)
    assert one == other
    ring = key_ring()
    bind_key_ring(ring.with_new_key("submission"))
    try:
        send(submission.new_submission_key())
    finally:
        bind_key_ring(ring)
    assert IdempotencyKey.objects.values("body_hash").distinct().count() == 2


def test_the_body_is_what_was_filled_in_whatever_its_order() -> None:
    post = QueryDict("b=2&submission_key=k&a=1&csrfmiddlewaretoken=t&b=3")
    assert submission.body_of(post) == {"a": "1", "b": "2\n3"}
    assert submission.body_of({"a": "1", "submission_key": "k"}) == {"a": "1"}


def test_each_rendering_of_a_form_has_a_key_of_its_own() -> None:
    template = Template("{% load submission %}{% submission_key %}")
    one, other = template.render(Context()), template.render(Context())
    assert one.startswith('<input type="hidden" name="submission_key" value="')
    assert one != other


def in_threads(count: int, act: Callable[[], object]) -> list[BaseException]:
    """Run `act` in this many threads that start together, and return what they raised."""
    barrier, raised = threading.Barrier(count), list[BaseException]()

    def run() -> None:
        try:
            barrier.wait()
            act()
        except (DomainError, ArithmeticError) as error:
            raised.append(error)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_of_eight_requests_at_once_one_takes_effect_and_all_get_its_answer() -> None:
    key, answers = submission.new_submission_key(), list[str]()
    raised = in_threads(8, lambda: answers.append(send(key)))
    assert raised == []
    assert answers == ["/orders/1/"] * 8
    assert effects() == 1


@pytest.mark.django_db(transaction=True)
def test_however_often_and_in_whatever_order_forms_come_each_takes_effect_once(tier: Tier) -> None:
    """Eight at once send every form one to ten times, all of them shuffled: one effect and one answer for each form."""
    locations = {submission.new_submission_key(): f"/orders/{number}/" for number in range(tier[FORMS])}
    sent = [key for key in locations for _ in range(tier.random.randint(1, 10))]
    tier.random.shuffle(sent)
    with Contest(8) as contest:
        answered = contest.race([partial(send_all, sent[nth::8], locations) for nth in range(8)])
    assert answered == [None] * 8
    assert effects() == IdempotencyKey.objects.count() == len(locations)


def send_all(keys: list[str], locations: dict[str, str]) -> None:
    """Send these forms and hold each answer against the one address to which its form leads."""
    for key in keys:
        assert send(key, act=lambda key=key: effect(locations[key]), body={"order": key}) == locations[key]  # type: ignore[misc]  # bound as a default on purpose


@pytest.fixture
def no_unique_constraint(transactional_db: None) -> Iterator[None]:
    """Take the unique constraint away, as a careless migration would, and put it back."""
    options = IdempotencyKey._meta
    constraints = options.constraints
    unique = next(constraint for constraint in constraints if constraint.name == "audit_one_effect_per_key")
    options.constraints = []
    with connection.schema_editor() as editor:
        editor.remove_constraint(IdempotencyKey, unique)
    yield
    IdempotencyKey.objects.all().delete()
    options.constraints = constraints
    with connection.schema_editor() as editor:
        editor.add_constraint(IdempotencyKey, unique)


@pytest.mark.usefixtures("no_unique_constraint")
@pytest.mark.django_db(transaction=True)
def test_without_the_unique_constraint_the_same_requests_take_effect_eight_times() -> None:
    key = submission.new_submission_key()
    answers = list[str]()
    in_threads(8, lambda: answers.append(send(key)))
    assert effects() == 8


@pytest.mark.usefixtures("no_unique_constraint")
@pytest.mark.django_db(transaction=True)
def test_without_the_unique_constraint_forms_sent_again_leave_more_effects_than_forms() -> None:
    keys = [submission.new_submission_key() for _ in range(20)]
    for key in keys:
        in_threads(4, partial(send, key))
    assert effects() > len(keys)


@pytest.mark.django_db(transaction=True)
def test_when_the_record_is_not_in_the_effects_transaction_a_crash_between_them_doubles_it() -> None:
    """The twin of the rollback: the effect commits, the process dies before the key is written, the retry comes."""
    key = submission.new_submission_key()
    with transaction.atomic():
        effect()
    send(key)
    assert effects() == 2
