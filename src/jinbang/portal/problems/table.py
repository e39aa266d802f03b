"""One row of the table of problems, and how the fields of a refusal become words in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jinbang.application import labels as application_labels
from jinbang.application.commitment import labels as commitment_labels
from jinbang.application.commitment.states import CommitmentState, Obstacle
from jinbang.application.group import labels as group_labels
from jinbang.application.group.states import GroupRowState
from jinbang.application.rules import Task
from jinbang.application.states import ApplicationState
from jinbang.kernel.identity import DocumentKind
from jinbang.kernel.money import format_fen
from jinbang.payment import labels as payment_labels
from jinbang.payment.states import OrderState
from jinbang.people import labels as people_labels
from jinbang.people.states import AuthorityKind, Role
from jinbang.people.verification import labels as verification_labels
from jinbang.people.verification.states import VerificationKind
from jinbang.sittings import labels as sitting_labels
from jinbang.sittings.states import SittingState, WindowKind

CLOSING_FIELDS: Final = frozenset({"closes", "closed", "deadline", "until"})

WORDS: Final[Mapping[type[StrEnum], Callable[[str], str | Promise]]] = {
    WindowKind: sitting_labels.window_label,
    SittingState: lambda word: sitting_labels.label_of(SittingState(word)),
    ApplicationState: application_labels.state_label,
    Task: lambda word: application_labels.task_labels([word]),
    CommitmentState: commitment_labels.state_label,
    Obstacle: commitment_labels.obstacle_label,
    GroupRowState: group_labels.state_label,
    OrderState: payment_labels.state_label,
    DocumentKind: people_labels.document_kind_label,
    Role: people_labels.role_label,
    VerificationKind: lambda word: verification_labels.KINDS[VerificationKind(word)],
    AuthorityKind: people_labels.authority_kind_label,
}


@dataclass(frozen=True)
class Problem:
    """How a refusal is shown: its status, a few words, what happened, and what to do next."""

    status: int
    title: Promise
    what: Promise
    advice: Promise | str = ""

    @property
    def sentence(self) -> str:
        """What happened and what to do, with the fields still open."""
        return f"{self.what}{self.advice}"


class _Fields(dict[str, str]):
    """A field that a refusal did not fill leaves a gap in the sentence, not a page that fails."""

    def __missing__(self, name: str) -> str:
        return ""


def filled(sentence: str, fields: Mapping[str, object]) -> str:
    """Return a sentence with its fields in words."""
    return sentence.format_map(_Fields({name: in_words(name, value) for name, value in fields.items()}))


def in_words(name: str, value: object) -> str:
    """Return the value of a field as people read it; its name tells money and closing instants."""
    match value:
        case None:
            words = ""
        case datetime():
            words = sitting_labels.moment(value, closing=name in CLOSING_FIELDS)
        case date():
            words = _("%(year)s年%(month)s月%(day)s日") % {"year": value.year, "month": value.month, "day": value.day}
        case StrEnum():
            label = WORDS.get(type(value))
            words = str(label(value.value)) if label else value.value
        case int() if name.endswith("_fen"):
            words = format_fen(value)
        case tuple() | list() | set() | frozenset():
            words = "、".join(in_words(name, part) for part in value)
        case _:
            words = str(value)
    return words
