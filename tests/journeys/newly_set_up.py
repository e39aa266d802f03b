"""An installation that was only just set up: officers, a sitting that was held elsewhere, nobody on its roster yet.

Run as a module in the home folder of such an installation: prints who can sign in.
"""

import json
import sys
from dataclasses import asdict
from datetime import timedelta

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


if __name__ == "__main__":
    django.setup()
    officers_and_sitting()
