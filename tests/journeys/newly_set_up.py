"""An installation that was only just set up: officers, a sitting that was held elsewhere, nobody on its roster yet.

Run as a module in the home folder of such an installation: prints who can sign in. Given a file as well, it puts the
people of that file onto the roster, as another system handed them over.
"""

import csv
import json
import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import django


def officers_and_sitting() -> None:
    """Appoint an officer for each role and announce a sitting that was sat two months ago; print the logins."""
    from jinbang.catalogue.models import ProgrammeVersion
    from jinbang.kernel import clock
    from jinbang.portal.rehearsal.cast import build_authorities, build_cast
    from jinbang.sittings.models import ExamRegion, Sitting

    now, day = clock.now(), clock.today() - timedelta(days=60)
    province = build_authorities(provinces=("14",), now=now)["14"]
    cast = build_cast(province, suffix="", since=day, now=now, with_logins=True)
    sitting = Sitting.objects.create(
        code=f"sx-cost-engineer-2-{day.year}",
        programme_version=ProgrammeVersion.objects.get(code="cost-engineer-2"),
        owner=province,
        name=f"{day.year}年度二级造价工程师（安装工程）职业资格考试",
        year=day.year,
        first_day=day,
        last_day=day,
        name_required=True,
        state="published",
    )
    ExamRegion.objects.create(sitting=sitting, authority=province)
    sys.stdout.write(json.dumps([asdict(login) for login in cast.logins]))


def take_roster(path: Path) -> None:
    """Put everybody of a file onto the roster: ticket number, name, document number, district."""
    from jinbang.audit import actions as audit
    from jinbang.kernel import clock
    from jinbang.kernel.actors import SYSTEM
    from jinbang.kernel.identity import DocumentKind
    from jinbang.people.actions import NewPerson, register_people
    from jinbang.results.models import RosterEntry
    from jinbang.results.queries import DRAWN_UP
    from jinbang.sittings.models import ExamRegion

    region = ExamRegion.objects.select_related("sitting").get()
    rows = list(csv.DictReader(path.open(encoding="utf-8-sig")))
    people = register_people(
        [NewPerson(name=row["姓名"], kind=DocumentKind.RESIDENT_ID, number=row["证件号码"]) for row in rows],
        by=SYSTEM,
        now=clock.now(),
    )
    for row, person in zip(rows, people, strict=True):
        RosterEntry.objects.create(
            sitting=region.sitting,
            region=region,
            person=person,
            ticket_number=row["准考证号"],
            level_code="level-2",
            specialty_code="installation",
            track_code="full",
            district=row["地区"],
            subject_codes=["basics", "practice"],
        )
    audit.record(region, by=SYSTEM, event=DRAWN_UP, at=clock.now(), details={"added": len(rows)})


if __name__ == "__main__":
    django.setup()
    if len(sys.argv) > 1:
        take_roster(Path(sys.argv[1]))
    else:
        officers_and_sitting()
