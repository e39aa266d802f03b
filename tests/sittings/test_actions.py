"""What is written: sittings whole or not at all, versions that stay, places that are never sold twice."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from jinbang.audit.models import StateChange
from jinbang.catalogue.errors import ProgrammeUnknown
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.errors import IllegalTransition, InvariantBroken
from jinbang.people.errors import NotYours
from jinbang.sittings import actions, planning, queries
from jinbang.sittings.errors import (
    AttachmentKindRefused,
    DayWithoutReason,
    ExtensionNotLater,
    GapKind,
    RegionNotFound,
    SiteCodeTaken,
    SiteFull,
    SittingCodeTaken,
    SittingIncomplete,
    SittingNotFound,
    WindowNotAnnounced,
)
from jinbang.sittings.models import ExamRegion, Notice, Site, Sitting, Window, Workday
from jinbang.sittings.plan import AttachmentPlan, NoticePlan
from jinbang.sittings.states import NoticeKind, SittingState, WindowKind
from tests.cast import NOW, Cast
from tests.sittings.plans import NATIONAL, NOTICE, SHANXI, at, create, publish, site, window_plans
from tests.sittings.test_queries import shanxi_planner

pytestmark = pytest.mark.django_db

LATER = at(date(2026, 3, 28), 0)
EXTENSION = NoticePlan(NoticeKind.EXTENSION, "关于延长报名时间的公告", "因系统访问量大，报名延长。")


def events_of(subject_id: UUID) -> list[str]:
    return list(StateChange.objects.filter(subject_id=subject_id).order_by("id").values_list("event", flat=True))


def extend(sitting: Sitting, *, by: planning.Planner, region: ExamRegion | None = None, **changes: object) -> Window:
    told: dict[str, object] = {
        "kind": WindowKind.APPLICATION,
        "closes": LATER,
        "reason": "系统访问量大",
        "notice": EXTENSION,
        "now": NOW,
    }
    return actions.extend_window(
        sitting_id=sitting.pk,
        region_id=region.pk if region else None,
        by=by,
        **{**told, **changes},  # type: ignore[arg-type]  # the action's own names
    )


# ---------------------------------------------------------------- create and publish


def test_a_planner_creates_a_sitting_whole(cast: Cast) -> None:
    sitting = create()
    assert sitting.state == SittingState.DRAFT
    assert sitting.windows.count() == len(SHANXI.windows)
    assert sitting.sessions.count() == len(SHANXI.sessions)
    assert [found.authority.code for found in Site.objects.order_by("code")] == ["1403", "1403"]
    attachment = sitting.notices.get().attachments.get()
    assert (bytes(attachment.content), attachment.size_bytes) == (NOTICE.attachments[0].content, attachment.size_bytes)
    assert events_of(sitting.pk) == ["create"]


def test_a_planner_creates_only_below_their_own_authority(cast: Cast) -> None:
    create()
    planner = shanxi_planner(cast)
    created = actions.create_sitting(replace(SHANXI, code="sx-2"), by=planner, now=NOW)
    assert created.owner == cast.shanxi
    for by in (planner, cast.wu.staff):
        with pytest.raises(NotYours):
            actions.create_sitting(replace(NATIONAL, code="cn-2"), by=by, now=NOW)


def test_refuses_a_code_that_is_taken_and_a_programme_nobody_knows(cast: Cast) -> None:
    create()
    with pytest.raises(SittingCodeTaken):
        actions.create_sitting(SHANXI, by=SYSTEM, now=NOW)
    with pytest.raises(ProgrammeUnknown):
        actions.create_sitting(replace(SHANXI, code="x", programme_code="alchemy"), by=SYSTEM, now=NOW)


def test_a_sitting_with_a_bad_attachment_is_not_half_created(cast: Cast) -> None:
    bad = replace(NOTICE, attachments=(AttachmentPlan("附件", "a.pdf", b"<html>"),))
    with pytest.raises(AttachmentKindRefused):
        create(replace(SHANXI, notices=(NOTICE, bad)))
    assert (Sitting.objects.count(), Notice.objects.count(), Window.objects.count()) == (0, 0, 0)


def test_publishing_pins_the_programme_and_shows_the_sitting(cast: Cast) -> None:
    sitting = publish()
    change = StateChange.objects.get(subject_id=sitting.pk, event="publish")
    assert (change.from_state, change.to_state) == ("draft", "published")
    assert change.details == {"programme": sitting.programme_version.sha256}
    with pytest.raises(IllegalTransition):
        actions.publish_sitting(sitting_id=sitting.pk, by=SYSTEM, now=NOW)


def test_refuses_to_publish_what_is_not_complete_and_names_every_gap(cast: Cast) -> None:
    sitting = create(replace(SHANXI, windows=window_plans(WindowKind.PAYMENT), fees=(), sessions=SHANXI.sessions[:1]))
    with pytest.raises(SittingIncomplete) as refused:
        actions.publish_sitting(sitting_id=sitting.pk, by=SYSTEM, now=NOW)
    kinds = [gap.kind for gap in refused.value.gaps]
    assert kinds == [GapKind.SUBJECT_SESSION, GapKind.WINDOW, GapKind.FEE, GapKind.FEE]
    sitting.refresh_from_db()
    assert sitting.state == SittingState.DRAFT


def test_a_sitting_of_the_nation_needs_only_its_days_and_the_address(cast: Cast) -> None:
    plan = replace(NATIONAL, results_here=False, windows=window_plans()[-2:-1], sessions=(), regions=(), fees=())
    with pytest.raises(SittingIncomplete):
        publish(plan)
    assert publish(replace(plan, code="cn-f", forward_url="https://zg.cpta.com.cn/")).state == SittingState.PUBLISHED


def test_closing_and_cancelling_end_a_sitting_with_a_reason(cast: Cast) -> None:
    closed, cancelled = publish(), publish(NATIONAL)
    actions.close_sitting(sitting_id=closed.pk, by=SYSTEM, now=NOW)
    actions.cancel_sitting(sitting_id=cancelled.pk, reason="不可抗力", by=SYSTEM, now=NOW)
    assert StateChange.objects.get(subject_id=cancelled.pk, event="cancel").reason == "不可抗力"
    with pytest.raises(IllegalTransition):
        actions.cancel_sitting(sitting_id=closed.pk, reason="晚了", by=SYSTEM, now=NOW)


# ---------------------------------------------------------------- windows


def test_an_extension_is_a_new_version_and_the_old_one_stays(cast: Cast) -> None:
    sitting = publish(NATIONAL)
    shanxi, chongqing = queries.get_region(sitting, "14"), queries.get_region(sitting, "50")
    before = queries.windows_of_sitting(sitting)[WindowKind.APPLICATION]
    own_before = queries.window_of(chongqing, WindowKind.APPLICATION)
    window = extend(sitting, by=cast.qian.staff)
    assert (window.version, window.opens, window.closes) == (2, before.opens, LATER)
    assert (window.reason, window.author_id) == ("系统访问量大", cast.qian.staff.account_id)
    assert window.notice is not None
    assert window.notice.kind == NoticeKind.EXTENSION
    before.refresh_from_db()
    assert (before.version, before.closes) == (1, at(date(2026, 3, 21), 0))
    assert queries.window_of(shanxi, WindowKind.APPLICATION) == window
    assert queries.window_of(chongqing, WindowKind.APPLICATION) == own_before
    change = StateChange.objects.get(subject_id=window.pk)
    assert (change.event, change.reason, change.actor_id) == ("extend_window", "系统访问量大", window.author_id)


def test_a_region_extends_for_itself_beginning_with_its_own_first_version(cast: Cast) -> None:
    sitting = publish(NATIONAL)
    shanxi, chongqing = queries.get_region(sitting, "14"), queries.get_region(sitting, "50")
    first = extend(sitting, by=shanxi_planner(cast), region=shanxi)
    assert (first.version, first.region, first.closes) == (1, shanxi, LATER)
    assert first.notice is not None
    assert first.notice.authority == cast.shanxi
    second = extend(sitting, by=SYSTEM, region=shanxi, closes=LATER + timedelta(days=1))
    assert second.version == 2
    assert extend(sitting, by=SYSTEM, region=chongqing, closes=LATER + timedelta(days=30)).version == 2
    assert queries.windows_of_sitting(sitting)[WindowKind.APPLICATION].version == 1


def test_refuses_an_extension_that_is_none_and_writes_nothing(cast: Cast) -> None:
    sitting = publish()
    present = queries.windows_of_sitting(sitting)[WindowKind.APPLICATION].closes
    count, notices = Window.objects.count(), Notice.objects.count()
    with pytest.raises(ExtensionNotLater):
        extend(sitting, by=SYSTEM, closes=present)
    with pytest.raises(ExtensionNotLater):
        extend(sitting, by=SYSTEM, now=LATER)
    with pytest.raises(WindowNotAnnounced):
        extend(sitting, by=SYSTEM, kind=WindowKind.RECHECK)
    assert (Window.objects.count(), Notice.objects.count()) == (count, notices)


def test_refuses_an_extension_outside_the_scope_and_of_a_draft(cast: Cast) -> None:
    national, draft = publish(NATIONAL), create()
    planner = shanxi_planner(cast)
    with pytest.raises(SittingNotFound):
        extend(national, by=planner)
    with pytest.raises(RegionNotFound):
        extend(national, by=planner, region=queries.get_region(national, "50"))
    with pytest.raises(SittingNotFound):
        extend(draft, by=planner, region=queries.get_region(national, "14"))
    with pytest.raises(IllegalTransition):
        extend(draft, by=planner)


def test_the_database_keeps_one_row_per_version(cast: Cast) -> None:
    window = queries.windows_of_sitting(publish())[WindowKind.APPLICATION]
    window.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        Window.objects.create(
            sitting=window.sitting,
            kind=window.kind,
            opens=window.opens,
            closes=LATER,
            version=window.version,
            created_at=NOW,
        )


# ---------------------------------------------------------------- sites


def test_a_region_adds_a_site_once(cast: Cast) -> None:
    region = queries.get_region(publish(NATIONAL), "14")
    added = actions.add_site(region_id=region.pk, plan=site("09"), by=shanxi_planner(cast), now=NOW)
    assert (added.authority, added.places_left) == (cast.yangquan, 30)
    assert events_of(added.pk) == ["add_site"]
    with pytest.raises(SiteCodeTaken):
        actions.add_site(region_id=region.pk, plan=site("09"), by=SYSTEM, now=NOW)


def test_refuses_a_site_for_another_region_and_for_a_sitting_that_has_ended(cast: Cast) -> None:
    sitting = publish(NATIONAL)
    with pytest.raises(RegionNotFound):
        actions.add_site(
            region_id=queries.get_region(sitting, "50").pk, plan=site("09"), by=shanxi_planner(cast), now=NOW
        )
    actions.close_sitting(sitting_id=sitting.pk, by=SYSTEM, now=NOW)
    with pytest.raises(IllegalTransition):
        actions.add_site(region_id=queries.get_region(sitting, "14").pk, plan=site("09"), by=SYSTEM, now=NOW)


def test_the_last_place_is_taken_once_and_can_be_given_back(cast: Cast) -> None:
    small = queries.sites_of(queries.get_region(publish(), "14"))[1]
    actions.take_place(small)
    with pytest.raises(SiteFull):
        actions.take_place(small)
    actions.free_place(small)
    actions.take_place(small)
    small.refresh_from_db()
    assert small.places_left == 0


def test_giving_back_what_nobody_took_is_a_fault(cast: Cast) -> None:
    small = queries.sites_of(queries.get_region(publish(), "14"))[1]
    with pytest.raises(InvariantBroken):
        actions.free_place(small)


def test_many_places_are_taken_together_or_not_at_all(cast: Cast) -> None:
    large, small = queries.sites_of(queries.get_region(publish(), "14"))
    with pytest.raises(SiteFull):
        actions.take_places({large: 5, small: 2})
    large.refresh_from_db()
    assert large.taken == 0
    actions.take_places({large: 30, small: 1})
    with pytest.raises(SiteFull):
        actions.take_place(large)
    actions.free_places({large: 10, small: 1})
    large.refresh_from_db()
    assert large.taken == 20


def test_the_database_itself_refuses_a_place_too_many(cast: Cast) -> None:
    small = queries.sites_of(queries.get_region(publish(), "14"))[1]
    with pytest.raises(IntegrityError), transaction.atomic():
        Site.objects.filter(pk=small.pk).update(taken=small.capacity + 1)


# ---------------------------------------------------------------- notices and working days


def test_a_notice_is_issued_by_the_owner_only(cast: Cast) -> None:
    sitting = publish(NATIONAL)
    issued = actions.issue_notice(NOTICE, sitting_id=sitting.pk, by=cast.qian.staff, now=NOW)
    assert (issued.authority, list(queries.notices_on_show(sitting))) == (cast.nation, [issued])
    assert events_of(issued.pk) == ["issue_notice"]
    with pytest.raises(SittingNotFound):
        actions.issue_notice(NOTICE, sitting_id=sitting.pk, by=shanxi_planner(cast), now=NOW)


def test_working_days_are_loaded_once_and_leave_our_own_rows_alone(cast: Cast) -> None:
    Workday.objects.create(day=date(2026, 10, 1), is_working=True, name="本省值班")
    written = actions.load_workdays(2026, by=SYSTEM, now=NOW)
    assert written > 20
    assert actions.load_workdays(2026, by=SYSTEM, now=NOW) == 0
    assert actions.load_workdays(2099, by=SYSTEM, now=NOW) == 0
    assert queries.is_working_day(date(2026, 10, 1))
    assert not queries.is_working_day(date(2026, 10, 2))
    assert StateChange.objects.filter(event="load_workday").count() == written


def test_an_authority_sets_a_day_with_a_reason_and_may_set_it_back(cast: Cast) -> None:
    day = date(2027, 2, 8)
    for is_working in (False, True):
        row = actions.set_workday(
            day, is_working=is_working, reason=" 国办发明电〔2026〕7号 ", by=cast.qian.staff, now=NOW
        )
        assert queries.is_working_day(day) is is_working
    (first, last) = StateChange.objects.filter(subject_id=row.pk).order_by("id")
    assert (first.event, first.reason, first.actor_id) == ("set_workday", "国办发明电〔2026〕7号", cast.qian.account.pk)
    assert (first.details["was_working"], last.details["was_working"]) == (True, False)
    assert Workday.objects.count() == 1


def test_nobody_sets_a_day_for_all_from_below_or_without_a_reason(cast: Cast) -> None:
    for by in (shanxi_planner(cast), cast.wu.staff):
        with pytest.raises(NotYours):
            actions.set_workday(date(2027, 2, 8), is_working=False, reason="放假", by=by, now=NOW)
    with pytest.raises(DayWithoutReason):
        actions.set_workday(date(2027, 2, 8), is_working=False, reason="　", by=cast.qian.staff, now=NOW)
    assert not Workday.objects.exists()
