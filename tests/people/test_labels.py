"""Every word of people has a name on screen, and the filters of the templates find it."""

from enum import StrEnum

import pytest
from django.template import Context, Template

from jinbang.kernel.identity import DocumentKind, NumberProblem, Sex
from jinbang.people import labels
from jinbang.people.states import AccountKind, AuthorityKind, Role


@pytest.mark.parametrize(
    "words,named",
    [
        (DocumentKind, labels.DOCUMENT_KINDS),
        (Role, labels.ROLES),
        (AuthorityKind, labels.AUTHORITY_KINDS),
        (AccountKind, labels.ACCOUNT_KINDS),
        (Sex, labels.SEXES),
        (NumberProblem, labels.NUMBER_PROBLEMS),
    ],
)
def test_every_word_has_a_name(words: type[StrEnum], named: dict[StrEnum, object]) -> None:
    assert set(named) == set(words)
    assert len({str(name) for name in named.values()}) == len(words)


def test_templates_name_words_by_their_codes() -> None:
    words = ('"passport"|document_kind', '"bursar"|role', '"male"|sex')
    template = Template("{% load people_labels %}" + " ".join(f"{{{{ {word} }}}}" for word in words))
    assert template.render(Context()) == "护照 收费 男"
