"""A notice drawn up anew, and under which articles may be decided what one has told."""

from contextlib import AbstractContextManager, nullcontext

import pytest
from django.db import transaction

from jinbang.people.states import Role
from jinbang.results.errors import SamePersonTwice
from jinbang.results.violations import actions
from jinbang.results.violations.errors import ArticleNotTold, CaseStillHeard
from jinbang.results.violations.models import ViolationCase
from jinbang.results.violations.states import CaseArticle, CaseState, Service
from tests.cast import NOW
from tests.results.test_violations import LATER, NUMBER, alike, notified
from tests.results.world import World, bring_in, set_pass_marks, with_roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def marked(world: World) -> World:
    """Return the world with marks and pass marks in, everybody passing."""
    set_pass_marks(world)
    bring_in(world)
    return world


@pytest.mark.parametrize(
    "told,open_to",
    [
        (CaseArticle.SUBJECT, {CaseArticle.SUBJECT}),
        (CaseArticle.SIMILAR, {CaseArticle.SIMILAR}),
        (CaseArticle.SITTING, {CaseArticle.SITTING, CaseArticle.SUBJECT, CaseArticle.SIMILAR}),
        (CaseArticle.FALSE_PROOF, {CaseArticle.FALSE_PROOF, CaseArticle.SUBJECT, CaseArticle.SIMILAR}),
        (CaseArticle.GRAVE, set(CaseArticle)),
    ],
)
def test_nobody_is_decided_on_under_an_article_that_was_not_told_unless_it_is_milder(
    marked: World, *, told: CaseArticle, open_to: set[CaseArticle]
) -> None:
    case = notified(marked, alike(marked)[0], told)
    for article in CaseArticle:
        is_open = article in open_to
        expected: AbstractContextManager[object] = nullcontext() if is_open else pytest.raises(ArticleNotTold)
        with transaction.atomic(), expected:
            actions.find_violation(
                case_id=case.pk, article=article, document_number=NUMBER, by=marked.cast.wei.staff, now=LATER
            )
            assert ViolationCase.objects.get(pk=case.pk).article == article.value
            transaction.set_rollback(True)
    case.refresh_from_db()
    assert (case.state, marked.entries[0].person.integrity_records.count()) == (CaseState.NOTIFIED, 0)


def test_a_notice_drawn_up_anew_is_heard_anew_and_what_was_served_and_answered_stays(marked: World) -> None:
    (case, _other), cast = alike(marked), marked.cast
    notified(marked, case)
    actions.state_defence(case_id=case.pk, statement="我没有抄袭", by=cast.lin.candidate, now=NOW)
    graver, by = CaseArticle.SITTING, cast.wei.staff
    actions.charge_violation(case_id=case.pk, article=graver, charge="还传递了答案", by=by, now=NOW)
    case.refresh_from_db()
    assert (case.state, case.statement, case.stated_at, case.defence_until) == (CaseState.CHARGED, "", None, None)
    (before,) = case.earlier
    assert (before["article"], before["statement"]) == ("article_11", "我没有抄袭")
    assert case.notice is not None
    assert "第十一条" in before["notice"]["basis"]
    assert "第七条" in case.notice["basis"]
    actions.notify_violation(case_id=case.pk, service=Service.IN_PERSON, served_on=NOW.date(), by=by, now=NOW)
    third = with_roles(cast.jiang, Role.MARKS_VERIFIER, at=cast.shanxi).staff
    for teller in (cast.chu.staff, by):
        with pytest.raises(SamePersonTwice):
            actions.find_violation(case_id=case.pk, article=graver, document_number=NUMBER, by=teller, now=LATER)
        with pytest.raises(SamePersonTwice):
            actions.drop_violation(case_id=case.pk, reason="x", by=teller, now=LATER)
    with pytest.raises(CaseStillHeard):
        actions.find_violation(case_id=case.pk, article=graver, document_number=NUMBER, by=third, now=NOW)
    actions.find_violation(case_id=case.pk, article=graver, document_number=NUMBER, by=third, now=LATER)
    assert marked.entries[0].person.integrity_records.get().ground == "article_7"


def test_a_notice_that_was_not_served_yet_is_put_right(marked: World) -> None:
    case, by = alike(marked)[0], marked.cast.chu.staff
    for words in ("写错了", "写对了"):
        actions.charge_violation(case_id=case.pk, article=CaseArticle.SIMILAR, charge=words, by=by, now=NOW)
    case.refresh_from_db()
    assert case.notice is not None
    assert (case.charge, case.notice["charge"], case.earlier) == ("写对了", "写对了", [])
