"""The environment is read by one reader: unknown names, halves and anything but 0 and 1 are refused; files work."""

from pathlib import Path

import pytest

from config.env import IncompleteSettingError, UnknownSettingError, read_environment
from config.outside import outside_from
from config.stores import snapshot_store

WEIXIN = {"JINBANG_WEIXIN_APP_ID": "wx1", "JINBANG_WEIXIN_SECRET": "s"}
ALIPAY = {"JINBANG_ALIPAY_APP_ID": "2021", "JINBANG_ALIPAY_PRIVATE_KEY": "p", "JINBANG_ALIPAY_PUBLIC_KEY": "q"}
CARD = {
    "JINBANG_SOCIAL_CARD_ISSUER": "https://card.example",
    "JINBANG_SOCIAL_CARD_CLIENT_ID": "c",
    "JINBANG_SOCIAL_CARD_SECRET": "s",
}


def outside(values: dict[str, str], *, demo: bool = False) -> dict[str, dict[str, object]]:
    return outside_from(read_environment(values), demo=demo, public_url="http://localhost:8000", secret="kept")


def test_nothing_set_is_no_provider() -> None:
    assert outside({}) == {}


def test_what_is_set_stands_in_its_order_with_what_its_code_needs() -> None:
    found = outside({**CARD, **ALIPAY, **WEIXIN})
    assert list(found) == ["weixin", "alipay", "social-card"]
    assert found["alipay"]["settings"] == {"private_key": "p", "public_key": "q"}
    assert found["social-card"]["settings"] == {"server_url": "https://card.example"}
    assert str(found["social-card"]["name"]) == "电子社保卡"


def test_the_button_and_the_gateway_may_be_named_otherwise() -> None:
    found = outside(
        {**CARD, **ALIPAY, "JINBANG_SOCIAL_CARD_NAME": "掌上社保", "JINBANG_ALIPAY_GATEWAY": "https://sand.example"}
    )
    assert found["social-card"]["name"] == "掌上社保"
    assert found["alipay"]["settings"]["gateway"] == "https://sand.example"  # type: ignore[index]  # a table of settings


@pytest.mark.parametrize("values", [WEIXIN, ALIPAY, CARD], ids=["weixin", "alipay", "card"])
def test_a_provider_set_by_halves_is_refused_at_start(values: dict[str, str]) -> None:
    for absent in values:
        with pytest.raises(IncompleteSettingError, match=absent):
            outside({name: value for name, value in values.items() if name != absent})


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("from a file\n", encoding="utf-8")
    found = outside({"JINBANG_WEIXIN_APP_ID": "wx1", "JINBANG_WEIXIN_SECRET_FILE": str(path)})
    assert found["weixin"]["secret"] == "from a file"


def test_the_demos_own_identity_stands_in_the_demo_alone() -> None:
    assert list(outside({}, demo=True)) == ["demo"]
    assert "demo" not in outside(WEIXIN)


def test_a_name_that_nothing_reads_is_refused() -> None:
    with pytest.raises(UnknownSettingError):
        read_environment({"JINBANG_WEIXIN_APPID": "wx1"})


@pytest.mark.parametrize("address", ["", "/mnt/snapshots"])
def test_a_store_is_a_folder_unless_it_is_said_to_be_a_bucket(address: str) -> None:
    found = snapshot_store(address, default=Path("/home/snapshots"))
    assert found["BACKEND"].endswith(".FileSystemStorage")
    assert found["OPTIONS"] == {"location": address or "/home/snapshots"}


@pytest.mark.parametrize("address", ["s3://", "s3:///prefix", "https://bucket.example/x", "oss://bucket"])
def test_a_store_that_is_neither_folder_nor_bucket_is_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(ValueError, match="s3://bucket/prefix"):
        snapshot_store(address, default=Path())
