"""The primitives of a suite, against the published vectors and against the library's other way."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinbang.kernel.crypto.suites import INTL


@pytest.mark.parametrize(
    "key, content, expected",
    [  # RFC 4231, cases 1, 2 and 6: an ordinary key, a short one, and one longer than a block
        (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            b"\xaa" * 131,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
    ],
)
def test_a_prepared_key_gives_the_published_codes(key: bytes, content: bytes, expected: str) -> None:
    assert INTL.keyed_mac(key)(content).hex() == expected


@given(st.binary(max_size=200), st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_a_prepared_key_gives_what_the_plain_one_gives_each_time(key: bytes, contents: list[bytes]) -> None:
    mac = INTL.keyed_mac(key)
    for content in contents:
        assert mac(content) == INTL.mac(key, content) == hmac.digest(key, content, "sha256")
