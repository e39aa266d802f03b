"""Every refusal has a code of its own and a page that says what to do next."""

from collections import Counter

from jinbang.kernel.errors import DomainError
from jinbang.portal.problems import PROBLEMS
from tests.house.survey import modules


def refusals() -> list[type[DomainError]]:
    assert list(modules())  # imported, so that every subclass is known
    found: list[type[DomainError]] = []
    queue: list[type[DomainError]] = [DomainError]
    while queue:
        kind = queue.pop()
        for child in kind.__subclasses__():
            queue.append(child)
            if child.__module__.startswith("jinbang.") and child.code:
                found.append(child)
    return found


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = Counter(kind.code for kind in refusals())
    assert [code for code, count in codes.items() if count > 1] == []
    assert len(codes) > 20


def test_every_refusal_has_a_sentence_and_every_sentence_a_refusal() -> None:
    assert set(PROBLEMS) == {kind.code for kind in refusals()}


def test_every_sentence_ends_and_tells_in_chinese_what_to_do() -> None:
    for code, problem in PROBLEMS.items():
        sentence = str(problem.sentence)
        assert sentence.endswith("。"), code
        assert len(sentence) >= 10, code
        assert problem.status in {400, 403, 404, 409, 410, 413, 415, 422, 423, 429, 503}, code
