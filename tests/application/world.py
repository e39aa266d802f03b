"""One sitting open for application, and candidates brought to any point of their way by the program's own actions."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

from PIL import Image, ImageDraw
from pillow_heif import register_heif_opener

from jinbang.application import actions
from jinbang.application.actions import BackgroundAnswer, NewApplication, Trial
from jinbang.application.actions.portray import read_trial
from jinbang.application.commitment.actions import sign_commitment
from jinbang.application.commitment.models import Commitment
from jinbang.application.commitment.text import CURRENT_COMMITMENT
from jinbang.application.declaration import CURRENT_DECLARATION
from jinbang.application.models import Application, LineRequest
from jinbang.application.photo import USUAL_SHAPE
from jinbang.people.queries import Candidate, Staff
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion, Site, Sitting
from jinbang.sittings.plan import RegionPlan
from tests.cast import NOW, Cast
from tests.replay import repeated, replayed
from tests.sittings.plans import SHANXI, publish, site

register_heif_opener()  # so that Pillow writes HEIC in tests; the program itself never registers it
CODE = SHANXI.code
GOOD_CONDITION = "bachelor-related-1"
GOOD_BACKGROUND = BackgroundAnswer(education="bachelor", graduated_on=date(2018, 7, 1), work_years=3)
GOOD_EMPLOYER = "阳泉市第一建筑工程公司"
AFTER_CLOSE = datetime(2026, 3, 21, tzinfo=NOW.tzinfo)
AFTER_REVIEW = datetime(2026, 3, 28, tzinfo=NOW.tzinfo)
LATER = NOW + timedelta(hours=1)


@dataclass(frozen=True)
class World:
    """A published sitting of 山西省 with two sites of 阳泉市, the second with a single place, and one of 太原市."""

    sitting: Sitting
    region: ExamRegion
    first: Site
    last_place: Site
    taiyuan: Site


def build_world(cast: Cast) -> World:
    """Return the world, the first thing a test adds to its cast."""
    return replayed(("application", cast.shanxi.pk), lambda: _build_world(cast))


def _build_world(cast: Cast) -> World:
    assert cast.shanxi.code == "14"
    plan = replace(
        SHANXI, regions=(RegionPlan("14", sites=(site("01"), site("02", capacity=1), site("03", city="1401"))),)
    )
    sitting = publish(plan)
    region = sittings.get_region(sitting, "14")
    first, last_place, taiyuan = sittings.sites_of(region)
    return World(sitting, region, first, last_place, taiyuan)


def drawn_photo(width: int = 900, height: int = 1200, *, kind: str = "JPEG", mode: str = "RGB") -> bytes:
    """Draw a face on white: upright, with a dark cap of hair so that its top can be told from its bottom."""
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((width * 0.3, height * 0.2, width * 0.7, height * 0.7), fill=(224, 180, 150))
    draw.pieslice((width * 0.28, height * 0.15, width * 0.72, height * 0.6), 180, 360, fill=(20, 20, 20))
    written = io.BytesIO()
    picture.convert(mode).save(written, kind)
    return written.getvalue()


SMALL_PHOTO = drawn_photo(360, 480)


def started(by: Candidate, *, now: datetime = NOW) -> Application:
    return actions.start_application(sitting_code=CODE, authority_code="14", by=by, now=now)


def chosen(by: Candidate, *, now: datetime = NOW) -> Application:
    """Begin, and choose the specialty and to sit every subject: from here on everything else can be answered."""
    application = started(by, now=now)
    actions.fill_specialty(application_id=application.pk, specialty_code="installation", by=by, now=now)
    return actions.fill_track(application_id=application.pk, track_code="full", by=by, now=now)


def filled(by: Candidate, *, site: Site, now: datetime = NOW, commits: bool = True) -> Application:
    """Fill everything in, and sign the informed commitment unless told otherwise."""
    key = ("filled", by.account_id, site.pk, now, commits)
    return repeated(key, lambda: _fill(by, site=site, now=now, commits=commits))


def _fill(by: Candidate, *, site: Site, now: datetime, commits: bool) -> Application:
    pk = chosen(by, now=now).pk
    actions.fill_background(application_id=pk, answer=GOOD_BACKGROUND, by=by, now=now)
    actions.fill_condition(application_id=pk, condition_code=GOOD_CONDITION, by=by, now=now)
    actions.fill_employer(application_id=pk, employer=GOOD_EMPLOYER, by=by, now=now)
    actions.fill_subjects(application_id=pk, subject_codes=("practice", "basics"), by=by, now=now)
    actions.fill_site(application_id=pk, site_id=site.pk, by=by, now=now)
    application = photographed(pk, by=by, now=now)
    if commits:
        commit(pk, by=by, now=now)
    return application


def commit(application_id: UUID, *, by: Candidate, now: datetime = NOW) -> Commitment:
    """Sign the informed commitment."""
    return sign_commitment(application_id=application_id, text_version=CURRENT_COMMITMENT.version, by=by, now=now)


@cache
def trial_of(raw: bytes) -> Trial:
    """Read a photo once for all tests."""
    return read_trial(raw, shape=USUAL_SHAPE)


def small_trial() -> Trial:
    """Return the small photo as it was read."""
    return trial_of(SMALL_PHOTO)


def photographed(
    application_id: UUID, *, by: Candidate, now: datetime = NOW, trial: Trial | None = None
) -> Application:
    """Try the small photo, or another one, and accept it."""
    photo = actions.keep_trial(application_id=application_id, trial=trial or small_trial(), by=by, now=now)
    return actions.accept_photo(photo_id=photo.pk, by=by, now=now).application


def submit(application_id: UUID, *, by: Candidate, now: datetime = NOW) -> Application:
    return actions.submit_application(
        application_id=application_id, declaration_version=CURRENT_DECLARATION.version, by=by, now=now
    )


def submitted(by: Candidate, *, site: Site, now: datetime = NOW) -> Application:
    """Fill everything in and submit it."""
    key = ("submitted", by.account_id, site.pk, now)
    return repeated(key, lambda: submit(filled(by, site=site, now=now).pk, by=by, now=now))


def refused(application: Application, *, first: Staff, second: Staff, now: datetime = LATER) -> Application:
    """Refuse what was submitted, as it takes two to do."""
    actions.propose_refusal(
        application_id=application.pk, version=application.version, reason="学历不符。", by=first, now=now
    )
    return actions.confirm_refusal(application_id=application.pk, version=application.version, by=second, now=now)


def row(person_id: UUID, world: World, *, site: Site | None = None) -> NewApplication:
    return NewApplication(
        person_id=person_id,
        region_id=world.region.pk,
        level_code="level-2",
        specialty_code="installation",
        condition_code=GOOD_CONDITION,
        education=GOOD_BACKGROUND.education,
        graduated_on=GOOD_BACKGROUND.graduated_on,
        work_years=GOOD_BACKGROUND.work_years,
        employer=GOOD_EMPLOYER,
        subject_codes=("basics", "practice"),
        site_id=(site or world.first).pk,
    )


def demand_evidence(world: World) -> None:
    """Make the sitting's programme ask for evidence before submitting: a rule of the catalogue, for this world only."""
    version = world.sitting.programme_version
    content = {**version.content, "application": {**version.content["application"], "evidence": "before_submitting"}}
    type(version).objects.filter(pk=version.pk).update(content=content)


def returned(
    application_id: UUID, lines: Mapping[str, str], *, by: Staff, now: datetime = NOW, version: int = 1
) -> None:
    """Return an application and ask for these lines, as the review desk does."""
    actions.return_application(application_id=application_id, version=version, reason="请按要求修改。", by=by, now=now)
    LineRequest.objects.bulk_create(
        [
            LineRequest(application_id=application_id, version=version, line=line, words=words)
            for line, words in lines.items()
        ]
    )
