"""Which outside identities candidates may sign in with, read from the environment. One that is not set is off.

A provider that is set by halves is refused at start: a button that leads nowhere would be worse than none. The demo
brings a provider of its own, which is marked as one and exists nowhere else.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from config.env import Environment

WEIXIN: Final = "weixin"
ALIPAY: Final = "alipay"
SOCIAL_CARD: Final = "social-card"
DEMO: Final = "demo"

# What each needs, by the name under which its code finds it. All or none.
_NEEDED: Final[Mapping[str, Mapping[str, str]]] = {
    WEIXIN: {"client_id": "JINBANG_WEIXIN_APP_ID", "secret": "JINBANG_WEIXIN_SECRET"},
    ALIPAY: {
        "client_id": "JINBANG_ALIPAY_APP_ID",
        "private_key": "JINBANG_ALIPAY_PRIVATE_KEY",
        "public_key": "JINBANG_ALIPAY_PUBLIC_KEY",
    },
    SOCIAL_CARD: {
        "client_id": "JINBANG_SOCIAL_CARD_CLIENT_ID",
        "secret": "JINBANG_SOCIAL_CARD_SECRET",
        "server_url": "JINBANG_SOCIAL_CARD_ISSUER",
    },
}
_KINDS: Final = {WEIXIN: "weixin", ALIPAY: "alipay", SOCIAL_CARD: "openid_connect"}
_NAMES: Final = {WEIXIN: _("微信"), ALIPAY: _("支付宝"), SOCIAL_CARD: _("电子社保卡")}


def outside_from(environment: Environment, *, demo: bool, public_url: str, secret: str) -> dict[str, dict[str, Any]]:
    """Return the providers that are set, in the order in which their buttons stand."""
    found: dict[str, dict[str, Any]] = {}
    for provider_id, needed in _NEEDED.items():
        if given := environment.together(*needed.values()):
            values = dict(zip(needed, given, strict=True))
            found[provider_id] = _provider(_KINDS[provider_id], _NAMES[provider_id], values)
    if SOCIAL_CARD in found and (name := environment.text("JINBANG_SOCIAL_CARD_NAME")):
        found[SOCIAL_CARD]["name"] = name
    if ALIPAY in found and (gateway := environment.text("JINBANG_ALIPAY_GATEWAY")):
        found[ALIPAY]["settings"]["gateway"] = gateway
    if demo:
        values = {"client_id": "jinbang-demo", "secret": secret, "server_url": f"{public_url}/demo-identity"}
        found[DEMO] = _provider("openid_connect", _("演示身份"), values)
    return found


def _provider(kind: str, name: object, values: Mapping[str, str]) -> dict[str, Any]:
    further = {key: value for key, value in values.items() if key not in {"client_id", "secret"}}
    return {
        "kind": kind,
        "name": name,
        "client_id": values["client_id"],
        "secret": values.get("secret", ""),
        "settings": further,
    }
