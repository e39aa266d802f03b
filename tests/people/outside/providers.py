"""WeChat, Alipay and an OpenID Connect service, played by one small server on this machine with keys of its own.

It is as strict as the real ones: codes count once, secrets and signatures are checked, PKCE must fit. `twist` makes it
lie in one way, `person` is whoever sits before its page and says yes.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

CLIENT_ID = "jinbang-tests"
SECRET = "only-for-tests"
NICKNAME = "不该留下的昵称"
ADDRESS = "lin@example.org"
_FRESH_SECONDS = 15 * 60


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """Return a key pair by name, made once a run."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(private: rsa.RSAPrivateKey) -> str:
    """Return a private key in PEM."""
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def bare_public(private: rsa.RSAPrivateKey) -> str:
    """Return the public half as Alipay's tools write it: Base64 without a frame."""
    der = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


@dataclass
class Providers:
    """What the server knows: given codes, who says yes, how it lies, and what it was asked."""

    base: str = ""
    person: str = "person-of-lin"
    twist: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def settings(self) -> dict[str, Any]:
        """Return what the program's settings say of these providers."""
        common = {"client_id": CLIENT_ID, "secret": SECRET}
        weixin = {
            "authorize_url": f"{self.base}/connect/qrconnect",
            "token_url": f"{self.base}/sns/oauth2/access_token",
        }
        alipay = {
            "authorize_url": f"{self.base}/oauth2/publicAppAuthorize.htm",
            "gateway": f"{self.base}/gateway.do",
            "private_key": pem(key("ours at alipay")),
            "public_key": bare_public(key("alipay")),
        }
        return {
            "weixin": {"kind": "weixin", "name": "微信", **common, "settings": weixin},
            "alipay": {"kind": "alipay", "name": "支付宝", **common, "secret": "", "settings": alipay},
            "social-card": {
                "kind": "openid_connect",
                "name": "电子社保卡",
                **common,
                "settings": {"server_url": self.base},
            },
        }

    def new_code(self, words: dict[str, str]) -> str:
        """Give out a code for whoever sits there."""
        code = secrets.token_urlsafe(12)
        self.codes[code] = {**words, "person": self.person}
        return code

    def take(self, code: str) -> dict[str, str] | None:
        """Return what a code stands for, once."""
        return self.codes.pop(code, None)

    # ------------------------------------------------------------ OpenID Connect
    def statement(self, given: dict[str, str]) -> str:
        """Sign who it was, or lie about it as `twist` says."""
        now = int(time.time())
        claims = {
            "iss": self.base,
            "sub": given["person"],
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": given.get("nonce", ""),
            "name": NICKNAME,
            "email": ADDRESS,
            "email_verified": True,
        }
        lies: dict[str, dict[str, Any]] = {
            "wrong nonce": {"nonce": "another"},
            "other application": {"aud": "another-application"},
            "other azp": {"azp": "another-application"},
            "expired": {"iat": now - 900, "exp": now - 300},
            "clock": {"iat": now + 900, "nbf": now + 900, "exp": now + 1200},
            "other issuer": {"iss": "https://another.example"},
        }
        claims |= lies.get(self.twist, {})
        if self.twist == "no signature":
            return jwt.encode(claims, None, algorithm="none", headers={"kid": "one"})  # type: ignore[arg-type]  # no key is the point
        if self.twist == "shared secret":
            return jwt.encode(claims, SECRET * 4, algorithm="HS256", headers={"kid": "one"})
        signer = key("a stranger") if self.twist == "forged" else key("openid")
        kid = "unknown" if self.twist == "unknown key" else "one"
        return jwt.encode(claims, pem(signer), algorithm="RS256", headers={"kid": kid})

    def openid_token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer the token endpoint."""
        given = self.take(form.get("code", ""))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if given is None or challenge.rstrip(b"=").decode() != given["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, SECRET):
            return 401, {"error": "invalid_client"}
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": self.statement(given)}

    # ------------------------------------------------------------ WeChat
    def weixin_token(self, form: dict[str, str]) -> dict[str, Any]:
        """Answer as api.weixin.qq.com does: always 200, errors by number."""
        if (form.get("appid"), form.get("secret")) != (CLIENT_ID, SECRET):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        given = self.take(form.get("code", ""))
        if given is None:
            return {"errcode": 40163, "errmsg": "code been used"}
        answer = {"access_token": "unused", "expires_in": 7200, "openid": given["person"], "scope": "snsapi_login"}
        return answer | ({"openid": ""} if self.twist == "nobody" else {})

    # ------------------------------------------------------------ Alipay
    def gateway(self, parameters: dict[str, str]) -> str:
        """Answer as openapi.alipay.com does: the inner object signed over its exact characters."""
        method = parameters.get("method", "")
        signed = "&".join(f"{k}={v}" for k, v in sorted(parameters.items()) if k != "sign" and v)
        signature = base64.b64decode(parameters["sign"])
        key("ours at alipay").public_key().verify(signature, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        asked_at = datetime.strptime(parameters["timestamp"] + "+0800", "%Y-%m-%d %H:%M:%S%z").timestamp()
        if self.twist == "clock" or abs(asked_at - self.clock()) > _FRESH_SECONDS:
            inner = {"code": "40002", "msg": "Invalid Arguments", "sub_code": "isv.invalid-timestamp"}
            return self.signed(inner, name="error_response")
        inner = self._person_of(parameters) if method == "alipay.user.info.share" else self._alipay_token(parameters)
        refused = "sub_code" in inner and method == "alipay.system.oauth.token"
        return self.signed(inner, name="error_response" if refused else f"{method.replace('.', '_')}_response")

    def clock(self) -> float:
        """Return the instant of the tests: the gateway's clock agrees with the program's."""
        from jinbang.kernel import clock

        return self.held_at or clock.now().timestamp()

    held_at: float = 0.0

    def _alipay_token(self, parameters: dict[str, str]) -> dict[str, Any]:
        given = self.take(parameters.get("code", ""))
        if given is None:
            return {"code": "40002", "msg": "Invalid Arguments", "sub_code": "isv.code-invalid"}
        token = secrets.token_urlsafe(12)
        self.tokens[token] = given["person"]
        return {"open_id": given["person"], "access_token": token, "expires_in": 1296000, "refresh_token": "unused"}

    def _person_of(self, parameters: dict[str, str]) -> dict[str, Any]:
        person = "somebody-else" if self.twist == "other person" else self.tokens.get(parameters["auth_token"], "")
        return {"code": "10000", "msg": "Success", "open_id": person, "nick_name": NICKNAME}

    def signed(self, inner: dict[str, Any], *, name: str) -> str:
        """Return the outer object, with a signature as `twist` says."""
        text = json.dumps(inner, ensure_ascii=False, separators=(", ", ": "))
        signer = key("a stranger") if self.twist == "forged" else key("alipay")
        signature = base64.b64encode(signer.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
        if self.twist == "altered":
            text = text.replace("person-of-lin", "person-of-zhao")
        if self.twist == "no signature":
            return f'{{"{name}": {text}}}'
        return f'{{"{name}": {text}, "sign": "{signature}"}}'


class _Handler(BaseHTTPRequestHandler):
    providers: Providers

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's signature
        """Say nothing."""

    def do_GET(self) -> None:  # the library's signature
        """Answer what a browser or the program fetches."""
        providers, parts = self.providers, urlsplit(self.path)
        words = dict(parse_qsl(parts.query))
        providers.asked.append(parts.path)
        if providers.twist == "down":
            self._say(503, "{}")
        elif parts.path == "/.well-known/openid-configuration":
            issuer = "https://another.example" if providers.twist == "other service" else providers.base
            endpoints = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks"}
            addresses = {name: f"{providers.base}{path}" for name, path in endpoints.items()}
            if providers.twist == "plain address":
                addresses["jwks_uri"] = "http://elsewhere.example/jwks"
            self._tell({"issuer": issuer, **addresses, "token_endpoint_auth_methods_supported": ["client_secret_post"]})
        elif parts.path == "/jwks":
            numbers = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key("openid").public_key()))
            self._tell({"keys": [{**numbers, "kid": "one", "use": "sig", "alg": "RS256"}]})
        else:
            name = "auth_code" if parts.path.startswith("/oauth2/") else "code"
            answer = {name: providers.new_code(words), "state": words["state"]}
            if name == "auth_code":
                answer["app_id"] = "another" if providers.twist == "other application" else words["app_id"]
            self.send_response(302)
            self.send_header("Location", f"{words['redirect_uri']}?{urlencode(answer)}")
            self.end_headers()

    def do_POST(self) -> None:  # the library's signature
        """Answer what the program posts."""
        providers, parts = self.providers, urlsplit(self.path)
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        providers.asked.append(parts.path)
        if providers.twist == "down":
            self._say(503, "{}")
        elif providers.twist == "gibberish":
            self._say(200, "<html>")
        elif parts.path == "/token":
            status, answer = providers.openid_token(form)
            self._say(status, json.dumps(answer))
        elif parts.path == "/gateway.do":
            self._say(200, providers.gateway({**dict(parse_qsl(parts.query)), **form}))
        else:
            self._tell(providers.weixin_token(form))

    def _tell(self, content: dict[str, Any]) -> None:
        self._say(200, json.dumps(content))

    def _say(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving() -> Iterator[Providers]:
    """Serve the providers on a free port of this machine for the length of a `with` block."""
    providers = Providers()
    handler = type("Handler", (_Handler,), {"providers": providers})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        providers.base = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield providers
        finally:
            server.shutdown()
            thread.join()


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        """Follow nothing: where it leads is the answer."""


def say_yes(address: str) -> str:
    """Open a provider's page as a browser would, say yes, and return where it leads: path and query."""
    try:
        build_opener(_Stay).open(address, timeout=5)
    except HTTPError as answer:
        with answer:
            parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"
    raise AssertionError("the provider led nowhere")
