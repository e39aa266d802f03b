"""Long work as its asker's pages show it: what a task is called, and on which page its result is to be seen.

A new task gets a line in `TASKS`; a house test finds one that has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinbang.audit.models import LongWork
from jinbang.audit.queries import work_asked_by
from jinbang.people.queries import Staff

SHOWN_MOST: Final = 50


@dataclass(frozen=True)
class TaskLabel:
    """What a task is called; the page that shows what came of it, and the argument that names its object."""

    label: Promise
    unit: Promise
    url_name: str
    argument: str


TASKS: Final[Mapping[str, TaskLabel]] = {
    "jinbang.results.tasks.validate_release": TaskLabel(_("计算并核验"), _("人"), "results:release", "release_id"),
    "jinbang.results.tasks.seal_release": TaskLabel(_("封存"), _("人"), "results:release", "release_id"),
    "jinbang.seating.tasks.draw_seats": TaskLabel(_("编排座位"), _("人"), "seating:desk_region", "region_id"),
    "jinbang.results.tasks.recompute_outcomes": TaskLabel(_("重新计算结论"), _("人"), "results:changes", "release_id"),
    "jinbang.results.tasks.count_results": TaskLabel(_("统计成绩"), _("人"), "results:statistics", "release_id"),
    "jinbang.results.tasks.note_passes": TaskLabel(_("登记保留的合格科目"), _("人"), "results:release", "release_id"),
    "jinbang.lookup.tasks.publish_snapshot": TaskLabel(_("生成查询快照"), _("人"), "results:release", "release_id"),
    "jinbang.results.tasks.read_in": TaskLabel(_("读入文件"), _("行"), "results:incoming-file", "file_id"),
}


@dataclass(frozen=True)
class WorkLine:
    """A piece of long work with its name and the page where it began."""

    work: LongWork
    label: Promise
    unit: Promise
    url: str


def work_line(work: LongWork) -> WorkLine:
    """Return one piece of long work as a page shows it."""
    task = TASKS[work.task]
    return WorkLine(work, task.label, task.unit, reverse(task.url_name, args=[work.arguments[task.argument]]))


def work_lines(by: Staff) -> tuple[WorkLine, ...]:
    """Return what this person has asked for, newest first. One query."""
    return tuple(work_line(work) for work in work_asked_by(by)[:SHOWN_MOST])
