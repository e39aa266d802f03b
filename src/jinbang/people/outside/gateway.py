"""Alipay's gateway: how a call is signed (RSA2), how an answer is checked, and what a refusal of it means.

Impure in one function, `call`, which asks over the network. RSA2 is RSASSA-PKCS1-v1_5 with SHA-256. An answer is signed
over the exact characters of its inner object, so it is cut out of the text before anything is decoded.
Source: opendocs.alipay.com, 签名 and 验签.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)
from requests import Session

from jinbang.kernel.clock import SHANGHAI
from jinbang.people.outside.errors import (
    OutsideClockOff,
    OutsideCodeRefused,
    OutsideNotGenuine,
    OutsideProviderRefused,
    OutsideRefused,
    OutsideUnavailable,
)

GATEWAY: Final = "https://openapi.alipay.com/gateway.do"
SUCCESS: Final = "10000"
_UNAVAILABLE: Final = "20000"
_LONGEST: Final = 64 * 1024
_REFUSALS: Final[Mapping[str, type[OutsideRefused]]] = {
    "isv.code-invalid": OutsideCodeRefused,
    "isv.invalid-auth-code": OutsideCodeRefused,
    "isv.invalid-timestamp": OutsideClockOff,
    "aop.invalid-auth-token": OutsideCodeRefused,
}


@dataclass(frozen=True)
class GatewayAccess:
    """Who we are at the gateway and who it is to us. Holds a private key: never printed."""

    address: str
    app_id: str
    private_key: rsa.RSAPrivateKey = field(repr=False)
    public_key: rsa.RSAPublicKey = field(repr=False)


def access_from(*, address: str, app_id: str, private_key: str, public_key: str) -> GatewayAccess:
    """Return the access of these keys, each PEM or the bare Base64 that Alipay's tools write."""
    ours = private_key.strip()
    theirs = public_key.strip()
    private = (
        load_pem_private_key(ours.encode(), password=None)
        if ours.startswith("-----")
        else load_der_private_key(base64.b64decode(ours), password=None)
    )
    public = (
        load_pem_public_key(theirs.encode())
        if theirs.startswith("-----")
        else load_der_public_key(base64.b64decode(theirs))
    )
    if not isinstance(private, rsa.RSAPrivateKey) or not isinstance(public, rsa.RSAPublicKey):
        raise TypeError("Alipay's RSA2 needs RSA keys")
    return GatewayAccess(address or GATEWAY, app_id, private, public)


def signed_text(parameters: Mapping[str, str]) -> bytes:
    """Return what is signed of a call: every parameter with a value but `sign`, sorted, joined, not yet encoded."""
    named = sorted((name, value) for name, value in parameters.items() if value and name != "sign")
    return "&".join(f"{name}={value}" for name, value in named).encode()


def sign(key: rsa.RSAPrivateKey, text: bytes) -> str:
    """Return an RSA2 signature in Base64."""
    return base64.b64encode(key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()


def is_signed(key: rsa.RSAPublicKey, text: bytes, *, signature: str) -> bool:
    """Whether an RSA2 signature in Base64 is this key's over this text."""
    try:
        key.verify(base64.b64decode(signature, validate=True), text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def call(
    access: GatewayAccess, method: str, /, *, body: Mapping[str, str], session: Session, now: datetime
) -> dict[str, Any]:
    """Ask the gateway one thing and return its answer, checked to be its own. Raises an `OutsideRefused` otherwise.

    What is secret (codes, tokens) goes into the body: addresses end up in logs.
    """
    system = {
        "app_id": access.app_id,
        "method": method,
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
        "version": "1.0",
    }
    system["sign"] = sign(access.private_key, signed_text({**system, **body}))
    answer = session.post(access.address, params=system, data=dict(body), allow_redirects=False)
    answer.raise_for_status()
    if len(answer.content) > _LONGEST:
        raise OutsideUnavailable
    try:
        text = answer.content.decode()
    except UnicodeDecodeError as error:
        raise OutsideUnavailable from error
    return read_answer(text, method=method, key=access.public_key)


def read_answer(text: str, *, method: str, key: rsa.RSAPublicKey) -> dict[str, Any]:
    """Return the inner object of an answer. A refusal need not be signed, for it grants nothing; anything else must."""
    parts = members_of(text)
    own = f"{method.replace('.', '_')}_response"
    signature = parts.get("sign", '""')
    if "error_response" in parts and own not in parts:
        raise _refusal_of(_object(parts["error_response"]))
    inner = parts.get(own)
    if inner is None or not is_signed(key, inner.encode(), signature=_string(signature)):
        raise OutsideNotGenuine
    content = _object(inner)
    if content.get("code", SUCCESS) != SUCCESS:
        raise _refusal_of(content)
    return content


def members_of(text: str) -> dict[str, str]:
    """Return the members of a JSON object, each as the exact characters of its value.

    A name that stands twice is refused: what is checked and what is read must not be two things.
    """
    decoder, parts, at = json.JSONDecoder(), dict[str, str](), _past(text, 0, "{")
    try:
        while True:
            name, at = decoder.raw_decode(text, _past_space(text, at))
            start = _past_space(text, _past(text, at, ":"))
            _, at = decoder.raw_decode(text, start)
            if not isinstance(name, str) or name in parts:
                raise OutsideNotGenuine
            parts[name] = text[start:at]
            at = _past_space(text, at)
            if text[at : at + 1] == "}":
                break
            at = _past(text, at, ",")
    except (ValueError, RecursionError) as error:
        raise OutsideUnavailable from error
    return parts


def _past_space(text: str, at: int) -> int:
    while text[at : at + 1] in {" ", "\t", "\r", "\n"}:
        at += 1
    return at


def _past(text: str, at: int, mark: str) -> int:
    at = _past_space(text, at)
    if text[at : at + 1] != mark:
        raise OutsideUnavailable
    return at + 1


def _object(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise OutsideUnavailable
    return value


def _string(text: str) -> str:
    value = json.loads(text)
    return value if isinstance(value, str) else ""


def _refusal_of(content: Mapping[str, Any]) -> OutsideRefused:
    """Return what a refusal of the gateway means for the person; its words are for the operator and not repeated."""
    if content.get("code") == _UNAVAILABLE:
        return OutsideUnavailable()
    return _REFUSALS.get(str(content.get("sub_code", "")), OutsideProviderRefused)()
