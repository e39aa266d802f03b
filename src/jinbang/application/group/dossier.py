"""A row as the person whom it names reads it: everything that an employer has said of them. Reads only."""

from dataclasses import dataclass

from jinbang.application import labels as application_labels
from jinbang.application import queries as applications
from jinbang.application.dossier import SummaryLine, lines_of
from jinbang.application.group import labels
from jinbang.application.group.actions import answers_of_row
from jinbang.application.group.models import GroupRow
from jinbang.application.group.states import GroupRowState
from jinbang.sittings import queries as sittings


@dataclass(frozen=True)
class OwnLine:
    """One row with everything in it."""

    row: GroupRow
    state: GroupRowState
    summary: tuple[SummaryLine, ...]

    @property
    def state_label(self) -> str:
        """What became of it, in words."""
        return str(labels.STATES[self.state])

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return labels.COLOURS[self.state]

    @property
    def awaits(self) -> bool:
        """Whether the person's word is asked."""
        return self.state is GroupRowState.AWAITING


def own_line(row: GroupRow) -> OwnLine:
    """Return one row as its person reads it; an erased one says nothing any more. Three queries."""
    if not row.answers:
        return OwnLine(row, GroupRowState(row.state), ())
    region = row.upload.region
    answers, offer = answers_of_row(row), applications.offer_of(region.sitting)
    site = sittings.get_site(region, answers.site_id) if answers.site_id is not None else None
    lines = [SummaryLine(application_labels.SUMMARY["region"], region.authority.name)]
    lines += lines_of(answers, offer, site=f"{site.name}（{site.address}）" if site else "")
    return OwnLine(row, GroupRowState(row.state), tuple(lines))
