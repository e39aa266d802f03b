"""One season, phase after phase, at the instants its plan names. Every change goes through the phases' own actions.

What people do one by one at home is done in bulk where the desk has a bulk action (entering, approving, counter
payments); a part of every season is refused, returned, left unpaid, absent or noted in the room.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from jinbang.application import actions as application
from jinbang.application.actions import NewApplication
from jinbang.application.models import Application
from jinbang.application.states import PhotoState
from jinbang.attendance import actions as attendance
from jinbang.attendance import queries as rooms
from jinbang.attendance.actions import NotedViolation, RoomEntry
from jinbang.attendance.models import Absence, Violation
from jinbang.attendance.states import Article
from jinbang.audit.long_work import AtOnce
from jinbang.catalogue.programme import Programme, Subject
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI, frozen_at
from jinbang.kernel.errors import InvariantBroken
from jinbang.lookup import actions as lookup
from jinbang.payment import actions as payment
from jinbang.payment.actions import CounterReceipt
from jinbang.payment.models import Order
from jinbang.people import actions as people
from jinbang.people.actions import NewPerson
from jinbang.portal.rehearsal.cast import CITY_REVIEWER, Cast
from jinbang.portal.rehearsal.characters import Character
from jinbang.portal.rehearsal.choices import Choices
from jinbang.portal.rehearsal.hearings import hear_what_the_file_says, hear_what_was_noted
from jinbang.portal.rehearsal.marking import MarkedFile, Paper, mark_papers
from jinbang.portal.rehearsal.plans import SeasonPlan, Stage
from jinbang.portal.rehearsal.portraits import paper
from jinbang.portal.rehearsal.report import Report
from jinbang.portal.rehearsal.sums import counted_marks
from jinbang.results.actions import marks, pass_marks, release
from jinbang.results.models import Release, RosterEntry
from jinbang.results.states import MarkStatus
from jinbang.seating import actions as seating
from jinbang.seating import documents
from jinbang.seating.models import AdmissionTicket, Seat
from jinbang.sittings import actions as sittings
from jinbang.sittings.models import ExamRegion, Site

BATCH: Final = 500
RETURNED: Final = 4
REFUSED: Final = 2
LATE: Final = 3
WITH_PAPERS: Final = 12
ABSENT_SHARE: Final = 0.09
ACT: Final = "开考后仍将手机放在座位上，经提醒收缴。"
T = TypeVar("T")


@dataclass
class Season:
    """A season being played: its plan, its people, and what it has come to so far."""

    plan: SeasonPlan
    programme: Programme
    cast: Cast
    report: Report
    people: Sequence[Character]
    seed: int
    retained: dict[str, frozenset[str]] = field(default_factory=dict)  # level|document number → subjects passed before
    random: Random = field(init=False)
    region: ExamRegion = field(init=False)
    by_person: dict[UUID, Character] = field(default_factory=dict)
    choices: Choices = field(init=False)
    marked: MarkedFile | None = None

    def __post_init__(self) -> None:
        """Draw everything by chance from the seed and the sitting's code."""
        self.random = Random(f"{self.seed}|{self.plan.sitting.code}")  # noqa: S311  # made-up events, not secrets
        self.choices = Choices(self.plan, self.programme, seed=self.seed, retained=self.retained)
        self.people = [one for one in self.people if self.choices.finds_a_way(one)]

    def play(self) -> None:
        """Play every phase up to the plan's stage."""
        phases = (
            (Stage.ANNOUNCED, self.announce),
            (Stage.APPLYING, self.apply),
            (Stage.REVIEWING, self.review),
            (Stage.PRINTING, self.seat),
            (Stage.SAT, self.sit),
            (Stage.ARMED, self.mark),
            (Stage.RELEASED, self.open),
        )
        for stage, phase in phases:
            if stage <= self.plan.until:
                phase()

    # -------------------------------------------------------------------------------- before the examination
    def announce(self) -> None:
        """Create and publish the sitting."""
        with frozen_at(at(self.plan.days.announced, 9)) as now, self.report.step("公告", total=1) as step:
            sitting = sittings.create_sitting(self.plan.sitting, by=SYSTEM, now=now)
            sittings.publish_sitting(sitting_id=sitting.pk, by=SYSTEM, now=now)
            self.region = ExamRegion.objects.select_related("sitting__programme_version", "authority").get(
                sitting=sitting, authority__code=self.plan.province
            )
            if share := self.plan.sample_percent:
                seed, by = f"{self.random.getrandbits(256):064x}", self.cast["zheng"]
                application.plan_review(
                    region_id=self.region.pk, tiers=2, sample_percent=share, by=by, now=now, seed=seed
                )
            step.advance(1)

    def apply(self) -> None:
        """Register everybody and enter their applications, batch by batch."""
        sites = list(Site.objects.filter(region=self.region).order_by("code"))
        with self.report.step("报名", total=len(self.people)) as step:
            for start, chunk, day in self._arrivals():
                with frozen_at(at(day, 10)) as now:
                    persons = people.register_people([_new_person(one) for one in chunk], by=SYSTEM, now=now)
                    rows = [
                        self.choices.row_of(one, person, region=self.region, sites=sites, position=start + offset)
                        for offset, (one, person) in enumerate(zip(chunk, persons, strict=True))
                    ]
                    if start == 0 and self.plan.until is Stage.REVIEWING:
                        rows[:WITH_PAPERS] = map(self._with_papers, range(WITH_PAPERS), rows)
                    application.enter_applications(rows, by=SYSTEM, now=now)
                self.by_person.update({person.pk: one for person, one in zip(persons, chunk, strict=True)})
                step.advance(len(chunk))
        if self.plan.until is Stage.APPLYING:
            self._keep_up()

    def _arrivals(self) -> Iterator[tuple[int, Sequence[Character], date]]:
        """Spread everybody evenly over the days on which people apply, in batches: from where on, who, and when."""
        days, count = self.plan.days_of_arrival, len(self.people)
        ends = [count * (number + 1) // len(days) for number in range(len(days))]
        for day, first, end in zip(days, (0, *ends[:-1]), ends, strict=True):
            for start in range(first, end, BATCH):
                yield start, self.people[start : min(start + BATCH, end)], day

    def _keep_up(self) -> None:
        """Leave the desk as a good office has it the morning after the last arrivals: a few are late, most in time."""
        now = at(self.plan.arrivals[-1], 15)
        midnight = at(self.plan.arrivals[-1] + timedelta(days=1), 0)
        due = Application.objects.filter(region=self.region, state="submitted", review_due_at__lte=midnight)
        ids = self._in_order(due.values_list("person_id", "pk"))
        with frozen_at(now):
            application.approve_applications(ids[LATE:], by=self.cast["zhou"], now=now)

    def _with_papers(self, number: int, row: NewApplication) -> NewApplication:
        """Give the desk something to look at: a few of those under review brought the papers of their condition."""
        if not row.condition_code:
            return row
        programme = self.region.sitting.programme_version.programme
        items = programme.condition(row.condition_code, level=row.level_code).evidence
        return replace(row, papers={item: (paper(2 * number + page),) for page, item in enumerate(items)})

    def review(self) -> None:
        """Approve in bulk, return a few and refuse a few; then open orders and take what is paid at the counter."""
        submitted = Application.objects.filter(region=self.region, state="submitted")
        ids = self._in_order(submitted.values_list("person_id", "pk"))
        reviewer = self.cast["zhou"]
        day = self.plan.days_of_arrival[-1]
        with frozen_at(at(day, 15)) as now, self.report.step("资格初审", total=len(ids)) as step:
            for pk in ids[:RETURNED]:
                application.return_application(
                    application_id=pk,
                    version=1,
                    reason="学历证明照片不清晰，请重新上传后再次提交。",
                    by=reviewer,
                    now=now,
                )
            for pk in ids[RETURNED : RETURNED + REFUSED]:
                application.propose_refusal(
                    application_id=pk,
                    version=1,
                    reason="从事相关工作年限未达到所选报考条件的要求。",
                    by=reviewer,
                    now=now,
                )
                application.confirm_refusal(application_id=pk, version=1, by=self.cast["bai"], now=now)
            step.advance(min(len(ids), RETURNED + REFUSED))
            for start in range(RETURNED + REFUSED, len(ids), BATCH):
                chunk = ids[start : start + BATCH]
                if self.plan.sample_percent:  # the city decides on its own first; what the sample draws waits
                    application.approve_applications(chunk, by=self.cast[CITY_REVIEWER], now=now)
                application.approve_applications(chunk, by=reviewer, now=now)
                step.advance(len(chunk))
        self.pay()

    def pay(self) -> None:
        """Open orders and take most of the money; what stays unpaid lapses when its window has closed."""
        now = max(at(self.plan.days.pay[0], 10), at(self.plan.days_of_arrival[-1], 16))
        with frozen_at(now):
            payment.open_orders(now=now, region=self.region)
            orders = Order.objects.filter(application__region=self.region)
            numbers = self._in_order(orders.values_list("application__person_id", "number"))
            kept = sorted(self.random.sample(numbers, int(len(numbers) * (1 - self.plan.unpaid_share))))
            with self.report.step("缴费", total=len(kept)) as step:
                for start in range(0, len(kept), BATCH):
                    receipts = [
                        CounterReceipt(number, f"R{self.region.pk.hex[-6:].upper()}{start + offset:06d}")
                        for offset, number in enumerate(kept[start : start + BATCH])
                    ]
                    payment.take_counter_payments(receipts, by=self.cast["gu"], read_clock=lambda: now)
                    step.advance(len(receipts))

    def _in_order(self, rows: Iterable[tuple[UUID, T]]) -> list[T]:
        """Return things of people in the people's own order, which the seed decides and no random id."""
        places = {person: place for place, person in enumerate(self.by_person)}
        return [thing for _, thing in sorted(rows, key=lambda row: places[row[0]])]

    def seat(self) -> None:
        """Let what is unpaid or not resubmitted lapse, commit to a seed, and draw the seats."""
        officer = self.cast["song"]
        after = at(self.plan.days.pay[1] + timedelta(days=1), 9)
        with frozen_at(after):
            payment.lapse_orders(now=after)
            application.lapse_returned_applications(now=after)
            seed = f"{self.random.getrandbits(256):064x}"
            seating.commit_seed(region_id=self.region.pk, by=officer, now=after, seed=seed)
            seating.prepare_all_rooms(region_id=self.region.pk, by=officer, now=after)
            with self.report.step("编排座位", total=len(self.people)) as step:
                seating.draw_seats(region_id=self.region.pk, by=officer, now=after)
                step.advance(Seat.objects.filter(plan__region=self.region).count())

    # -------------------------------------------------------------------------------- the examination and after
    def sit(self) -> None:
        """Enter every room's record: who stayed away, and a violation or two."""
        clerk = self.cast["meng"]
        evening = at(self.plan.sitting.last_day, 20)
        with frozen_at(evening) as now:
            attendance.open_room_records(region_id=self.region.pk, by=clerk, now=now)
            entries = list(self._room_entries())
            with self.report.step("考场记录", total=len(entries)) as step:
                for start in range(0, len(entries), BATCH):
                    chunk = entries[start : start + BATCH]
                    attendance.enter_room_records(chunk, by=clerk, now=now)
                    step.advance(len(chunk))
        with frozen_at(at(self.plan.sitting.last_day + timedelta(days=1), 9)) as now:
            seating.publish_plan(region_id=self.region.pk, by=self.cast["song"], now=now)

    def mark(self) -> None:
        """Hear what was noted, take the marks in under two people's eyes, set pass marks, seal, sign twice, and arm."""
        hear_what_was_noted(self.region, plan=self.plan, cast=self.cast)
        clerk = self.cast["qin"]
        day = self.plan.days.release.astimezone(SHANGHAI).date() - timedelta(days=2)
        with frozen_at(at(day, 10)) as now:
            self.marked = mark_papers(self._papers(), seed=self.plan.sitting.code)
            with self.report.step("成绩导入", total=self.marked.totals["marks"]) as step:
                batch = marks.stage_marks(
                    region=self.region, file_name="marks.csv", content=self.marked.content, by=clerk, now=now
                )
                marks.validate_batch(batch_id=batch.pk, totals=self.marked.manifest, by=self.cast["jiang"], now=now)
                step.advance(self.marked.totals["marks"])
            hear_what_the_file_says(self.region, plan=self.plan, cast=self.cast, now=now)
            self._set_pass_marks(now)
            with self.report.step("结论与封存", total=len(self.people)) as step:
                drafted = release.draft_release(region=self.region, opens_at=self.plan.days.release, by=clerk, now=now)
                release.validate_release(release_id=drafted.pk, by=clerk, now=now)
                sealed = release.seal_release(release_id=drafted.pk, by=clerk, now=now)
                for username in ("he", "lv"):
                    release.sign_release(
                        release_id=sealed.pk,
                        warrant_hash=sealed.warrant_hash,
                        passphrase=self.cast.passphrase(username),
                        by=self.cast[username],
                        now=now,
                    )
                step.advance(RosterEntry.objects.filter(region=self.region).count())
            with self.report.step("加密快照", total=step.count) as sealing:
                lookup.publish_snapshot(release_id=drafted.pk, keep=AtOnce(sealing.reach))
        self.require_agreement()

    def open(self) -> None:
        """Let the instant come."""
        with frozen_at(self.plan.days.release + timedelta(seconds=1)) as now:
            release.release_results(release_id=Release.objects.get(region=self.region).pk, now=now)

    def require_agreement(self) -> None:
        """Hold the database against the input: rows, sum per subject, count of each status, seats and places."""
        assert self.marked is not None  # noqa: S101  # called after marking
        counted = counted_marks(self.region)
        if counted != {name: value for name, value in self.marked.totals.items() if name != "people"}:
            raise InvariantBroken(f"marks differ from their input: {self.marked.totals} {counted}")
        expected = sum(len(self._subjects(entry)) for entry in RosterEntry.objects.filter(region=self.region))
        if Seat.objects.filter(plan__region=self.region).count() != expected:
            raise InvariantBroken("seats differ from the subjects on the roster")

    # -------------------------------------------------------------------------------- in the rooms, on the papers
    def _room_entries(self) -> Iterator[RoomEntry]:
        """Say for each room and session who stayed away; one act is noted, of the first person who came."""
        seats: dict[tuple[UUID, UUID], list[Seat]] = defaultdict(list)
        in_order = Seat.objects.filter(plan__region=self.region).select_related("ticket__application")
        for seat in in_order.order_by("session__starts", "room__site__code", "room__number", "number"):
            seats[(seat.room_id, seat.session_id)].append(seat)
        people = {seat.ticket.application.person_id for here in seats.values() for seat in here}
        away = {person for person in people if self._stays_away(person)}
        noted = next(iter(self._in_order((person, person) for person in people - away)), None)
        for (room_id, session_id), here in seats.items():
            absent = frozenset(seat.number for seat in here if seat.ticket.application.person_id in away)
            acts = [seat.number for seat in here if seat.ticket.application.person_id == noted]
            if acts:
                noted = None  # one act, in the first session
            violations = [NotedViolation(number, Article.SUBJECT, ACT) for number in acts]
            yield RoomEntry(room_id=room_id, session_id=session_id, absent=absent, violations=violations)

    def _stays_away(self, person_id: UUID) -> bool:
        number = self.by_person[person_id].number
        return Random(f"away|{self.seed}|{number}").random() < ABSENT_SHARE  # noqa: S311  # a made-up event

    def _papers(self) -> list[Paper]:
        absent = _by_ticket(rooms.absences_in(self.region))
        noted = _by_ticket(rooms.violations_in(self.region))
        entries = RosterEntry.objects.filter(region=self.region).select_related("person")
        in_order = self._in_order((entry.person_id, entry) for entry in entries)
        return [
            Paper(
                key=self.by_person[entry.person_id].number,
                ticket_number=entry.ticket_number,
                name=entry.person.name,
                ability=self.by_person[entry.person_id].ability,
                level=entry.level_code,
                subjects=self._subjects(entry),
                absent=frozenset(absent.get(entry.ticket_number, ())),
                noted=frozenset(noted.get(entry.ticket_number, ())),
            )
            for entry in in_order
        ]

    def _subjects(self, entry: RosterEntry) -> tuple[Subject, ...]:
        asked = self.programme.subjects_for(
            level=entry.level_code, specialty=entry.specialty_code or None, track=entry.track_code or None
        )
        return tuple(subject for subject in asked if subject.code in entry.subject_codes)

    def _set_pass_marks(self, now: datetime) -> None:
        if self.plan.pass_mark_percent is None:
            return
        for level in self.programme.levels:
            for subject in level.subjects:
                if subject.pass_mark_hundredths is None:
                    proposed = pass_marks.propose_pass_mark(
                        region=self.region,
                        level_code=level.code,
                        subject_code=subject.code,
                        mark_hundredths=subject.full_mark_hundredths * self.plan.pass_mark_percent // 100,
                        document_number=self.plan.pass_mark_document,
                        by=self.cast["xu"],
                        now=now,
                    )
                    pass_marks.approve_pass_mark(pass_mark_id=proposed.pk, by=self.cast["fan"], now=now)

    def render_tickets(self, count: int) -> int:
        """Render a sample of tickets as the counter would, within their window; return the bytes of the file."""
        now, song, current = at(self.plan.days.tickets[0], 10), self.cast["song"], PhotoState.CURRENT.value
        tickets = AdmissionTicket.objects.filter(region=self.region, application__photos__state=current)
        ids = tickets.order_by("number").values_list("pk", flat=True)[:count]
        with frozen_at(now), self.report.step("准考证", total=len(ids)) as step:
            opened = [seating.print_ticket_at_counter(ticket_id=pk, by=song, now=now) for pk in ids]
            papers = [documents.paper_of(one) for one in opened]
            step.advance(len(papers))
            return len(documents.tickets_pdf(papers, at=now))

    def passed_subjects(self) -> dict[str, frozenset[str]]:
        """Return level|document number → subjects passed here, for those who come again."""
        assert self.marked is not None  # noqa: S101  # called after marking
        found: dict[str, frozenset[str]] = {}
        for entry in RosterEntry.objects.filter(region=self.region):
            one = self.by_person[entry.person_id]
            passed = {
                subject.code
                for subject in self._subjects(entry)
                if (mark := self.marked.marks[entry.ticket_number][subject.code])[0] is MarkStatus.SCORED
                and (mark[1] or 0) >= (subject.pass_mark_hundredths or subject.full_mark_hundredths)
            }
            found[f"{entry.level_code}|{one.number}"] = frozenset(passed)
        return found


def at(day: date, hour: int) -> datetime:
    """Return an hour of a day in Asia/Shanghai."""
    return datetime.combine(day, time(hour), tzinfo=SHANGHAI)


def _by_ticket(rows: QuerySet[Absence] | QuerySet[Violation]) -> dict[str, set[str]]:
    """Return ticket number → the subjects in which somebody stayed away, or was noted."""
    found: dict[str, set[str]] = defaultdict(set)
    for number, subject in rows.values_list("seat__ticket__number", "seat__session__subject_code"):
        found[number].add(subject)
    return found


def _new_person(one: Character) -> NewPerson:
    return NewPerson(name=one.name, kind=one.kind, number=one.number, phone=one.phone, sex=one.sex, born_on=one.born_on)
