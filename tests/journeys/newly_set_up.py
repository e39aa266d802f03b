"""An installation that was only just set up, at its command line: authorities, officers, a sitting sat elsewhere.

Run as a module in the home folder of such an installation: types nothing but commands of `jinbang`, as in
`docs/first-hour.md`, and prints the one-time passwords that they print.
"""

import json
import re
import shlex
import sys
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import django
from click.testing import CliRunner

from tests.journeys.built_quickly import stretched_briefly

OFFICERS: Final = (
    ("zheng", "郑规划", "planner", "考务处"),
    ("qin", "秦成绩", "marks_clerk", "成绩处"),
    ("jiang", "江核对", "marks_verifier", "信息处"),
    ("xu", "许标准", "pass_mark_officer", "综合处"),
    ("fan", "范标准", "pass_mark_officer", "政策处"),
    ("he", "何签发", "release_officer", "监督处"),
    ("lv", "吕签发", "release_officer", "纪检组"),
)
SITTING: Final = """
code = "{code}"
programme = "cost-engineer-2"
owner = "14"
name = "{day.year}年度二级造价工程师（安装工程）职业资格考试"
year = {day.year}
first_day = {day}
last_day = {day}
name_required = true
windows.examination = {{ opens = {day}, closes = {day} }}
subjects = [
    {{ level = "level-2", subject = "basics", starts = {day}T09:00:00, ends = {day}T11:30:00 }},
    {{ level = "level-2", subject = "practice", starts = {day}T14:00:00, ends = {day}T17:00:00 }},
]
regions = [{{ authority = "14" }}]
"""


def typed(command: str) -> str:
    """Type one command, and return what it printed."""
    from jinbang.portal.commands import cli

    done = CliRunner().invoke(cli, shlex.split(command))
    if done.exit_code:
        sys.exit(f"{command}: {done.output}{done.exception}")
    return done.output


def code_of(day: date) -> str:
    """Return the code of the sitting that was sat on a day."""
    return f"sx-cost-engineer-2-{day.year}"


def officers_and_sitting() -> None:
    """Appoint an officer for each role and create a sitting that was sat two months ago; print who can sign in."""
    from jinbang.kernel import clock

    typed("authority add cn 全国 --kind nation")
    typed("authority add 14 山西省 --kind province --under cn --organisation 山西省人事考试中心 --phone 0351-5550100")
    logins = []
    for username, name, role, unit in OFFICERS:
        printed = re.search(r"一次性密码 (\S+)", typed(f"staff add {username} {name}"))
        logins.append({"username": username, "password": printed[1] if printed else "", "totp_secret": ""})
        typed(f"staff appoint {username} --at 14 --role {role} --unit {unit}")
    day = clock.today() - timedelta(days=60)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "sitting.toml"
        file.write_text(SITTING.format(code=code_of(day), day=day), encoding="utf-8")
        typed(f"sitting create {file} --by zheng")
    sys.stdout.write(json.dumps({"logins": logins, "sitting": code_of(day)}))


if __name__ == "__main__":
    django.setup()
    with stretched_briefly():
        officers_and_sitting()
