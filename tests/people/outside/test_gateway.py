"""Alipay's signatures both ways, and how an answer is cut out of the text that was signed."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jinbang.people.outside import gateway
from jinbang.people.outside.errors import (
    OutsideClockOff,
    OutsideCodeRefused,
    OutsideNotGenuine,
    OutsideProviderRefused,
    OutsideRefused,
    OutsideUnavailable,
)
from tests.people.outside.providers import bare_public, key, pem

METHOD = "alipay.system.oauth.token"
NODE = "alipay_system_oauth_token_response"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


def answer(inner: str, *, name: str = NODE, signer: str = "alipay", over: str | None = None) -> str:
    signature = gateway.sign(key(signer), (inner if over is None else over).encode())
    return f'{{"{name}":{inner},"sign":"{signature}"}}'


def read(text: str) -> dict[str, object]:
    return gateway.read_answer(text, method=METHOD, key=key("alipay").public_key())


def test_what_is_signed_is_sorted_and_leaves_out_what_is_empty() -> None:
    words = {"version": "1.0", "app_id": "7", "sign": "no", "empty": "", "charset": "utf-8"}
    assert gateway.signed_text(words) == b"app_id=7&charset=utf-8&version=1.0"


def test_a_signature_holds_for_its_text_and_its_key_alone() -> None:
    ours = key("ours at alipay")
    signature = gateway.sign(ours, "金榜".encode())
    assert gateway.is_signed(ours.public_key(), "金榜".encode(), signature=signature)
    assert not gateway.is_signed(ours.public_key(), "金板".encode(), signature=signature)
    assert not gateway.is_signed(key("alipay").public_key(), "金榜".encode(), signature=signature)
    for broken in ("", "!", signature[:-4], signature + "AAAA"):
        assert not gateway.is_signed(ours.public_key(), "金榜".encode(), signature=broken)


def test_an_answer_is_read_as_it_was_signed_spaces_and_order_and_all() -> None:
    inner = '{ "open_id" : "甲", "code":"10000" }'
    signature = gateway.sign(key("alipay"), inner.encode())
    for text in (f' {{"{NODE}" : {inner} , "sign":"{signature}"}}', f'{{"sign":"{signature}","{NODE}":{inner}}}'):
        assert read(text)["open_id"] == "甲"


@pytest.mark.parametrize(
    "text",
    [
        answer('{"open_id":"甲"}', signer="a stranger"),
        answer('{"open_id":"甲"}', over='{"open_id":"乙"}'),
        f'{{"{NODE}":{{"open_id":"甲"}}}}',
        answer('{"open_id":"甲"}', name="alipay_user_info_share_response"),
        answer('{"open_id":"甲"}')[:-1] + f',"{NODE}":{{"open_id":"乙"}}}}',
        answer('{"open_id":"甲"}').replace('"sign":"', '"sign":7,"x":"'),
    ],
    ids=["another key", "another text", "unsigned", "another call", "said twice", "no text"],
)
def test_an_answer_that_is_not_alipays_is_refused(text: str) -> None:
    with pytest.raises(OutsideNotGenuine):
        read(text)


@pytest.mark.parametrize("text", ["", "<html>", "[]", "{}", '{"a"}', '{"a":1', '{"a":1 "b":2}', "[" * 3_000])
def test_what_is_no_answer_is_a_provider_that_does_not_answer(text: str) -> None:
    with pytest.raises((OutsideUnavailable, OutsideNotGenuine)):
        read(text)


@pytest.mark.parametrize(
    "inner,refusal",
    [
        ({"code": "40002", "sub_code": "isv.code-invalid"}, OutsideCodeRefused),
        ({"code": "40002", "sub_code": "isv.invalid-timestamp"}, OutsideClockOff),
        ({"code": "40002", "sub_code": "isv.invalid-app-id"}, OutsideProviderRefused),
        ({"code": "20000", "sub_code": "isp.unknow-error"}, OutsideUnavailable),
        ({}, OutsideProviderRefused),
    ],
)
def test_a_refusal_of_the_gateway_is_understood_signed_or_not(
    inner: dict[str, str], refusal: type[OutsideRefused]
) -> None:
    text = json.dumps(inner)
    for whole in (answer(text, name="error_response"), f'{{"error_response":{text}}}'):
        with pytest.raises(refusal):
            read(whole)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # the machine may be busy
@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4), st.sampled_from([None, 1]), st.booleans())
def test_members_are_cut_out_as_they_stand(content: dict[str, object], indent: int | None, plain: bool) -> None:  # noqa: FBT001  # drawn
    text = json.dumps(content, indent=indent, ensure_ascii=plain)
    if content:
        parts = gateway.members_of(text)
        assert {name: json.loads(part) for name, part in parts.items()} == content
        assert all(part in text for part in parts.values())


def test_keys_are_read_as_alipays_tools_write_them_and_nothing_but_rsa_is() -> None:
    private = pem(key("ours at alipay"))
    bare = "".join(line for line in private.splitlines() if not line.startswith("-----"))
    public = bare_public(key("alipay"))
    for written in (private, bare):
        access = gateway.access_from(address="", app_id="7", private_key=written, public_key=public)
        assert access.address == gateway.GATEWAY
        assert "RSAPrivateKey" not in repr(access)
    curve = ec.generate_private_key(ec.SECP256R1())
    other = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(TypeError):
        gateway.access_from(address="", app_id="7", private_key=other, public_key=public)
