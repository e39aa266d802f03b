"""Receipt numbers: every letter as likely as any other, nobody's twice, and a forked process draws its own."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

from jinbang.lookup import server
from jinbang.lookup.pages import RECEIPT_ALPHABET
from jinbang.lookup.server import new_receipt


def drawn(count: int) -> list[str]:
    return [new_receipt() for _ in range(count)]


def test_no_two_threads_get_the_same_receipt() -> None:
    with ThreadPoolExecutor(8) as pool:
        receipts = [receipt for some in pool.map(drawn, [2_000] * 8) for receipt in some]
    assert len(set(receipts)) == len(receipts) == 16_000
    assert {len(receipt) for receipt in receipts} == {14}


def test_every_letter_is_as_likely_as_any_other() -> None:
    count = 20_000
    letters = Counter("".join(drawn(count)).replace("-", ""))
    expected = count * 12 / len(RECEIPT_ALPHABET)
    assert set(letters) == set(RECEIPT_ALPHABET)
    assert all(abs(found - expected) < 8 * expected**0.5 for found in letters.values())


def test_a_forked_process_does_not_give_out_what_its_parent_has_drawn() -> None:
    new_receipt()  # of which many more are drawn at once
    assert server._receipts
    reading, writing = os.pipe()
    child = get_context("fork").Process(target=lambda: os.write(writing, new_receipt().encode()))
    child.start()
    child.join()
    assert os.read(reading, 14).decode() not in {new_receipt() for _ in range(len(server._receipts))}
