"""A member of staff's own pages, and 吴 who sees none of them."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from jinbang.audit.submission import new_submission_key
from jinbang.people.queries import find_officer_key
from tests.cast import PASSPHRASE, Cast, StaffMember, client_of
from tests.passkeys import SoftPasskey

PAGES = ("/desk/people/me/", "/desk/people/officer-key/")


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_wu_candidates_and_strangers_see_no_desk(cast: Cast, client: Client, address: str) -> None:
    assert client_of(cast.wu).get(address).status_code == 403
    assert client_of(cast.lin).get(address).status_code == 403
    assert client.get(address).headers["Location"] == f"/desk/sign-in/?next={address}"


@pytest.mark.django_db
def test_the_profile_shows_role_place_and_unit(cast: Cast) -> None:
    shown = client_of(cast.zhou).get("/desk/people/me/").text
    for words in ("资格审核", "山西省", "资格审核科"):
        assert words in shown
    assert "签名密钥" not in shown


@pytest.mark.django_db
def test_a_release_officer_makes_a_key_and_only_they_do(cast: Cast) -> None:
    assert client_of(cast.zhou).get("/desk/people/officer-key/").status_code == 403
    before = find_officer_key(cast.he.account.pk)
    client, key = client_of(cast.he), new_submission_key()
    form = {"passphrase": PASSPHRASE, "again": PASSPHRASE, "submission_key": key}
    for _ in range(2):
        assert client.post("/desk/people/officer-key/", form).headers["Location"] == "/desk/people/me/"
    after = find_officer_key(cast.he.account.pk)
    assert before is not None
    assert after is not None
    assert before.pk != after.pk
    assert cast.he.account.officer_keys.count() == 2
    assert after.public_key in client.get("/desk/people/me/").text


@pytest.mark.django_db
def test_two_passphrases_that_differ_make_no_key(cast: Cast) -> None:
    form = {"passphrase": PASSPHRASE, "again": PASSPHRASE + "?", "submission_key": new_submission_key()}
    page = client_of(cast.he).post("/desk/people/officer-key/", form)
    assert page.status_code == 422
    assert "不一致" in page.text
    assert cast.he.account.officer_keys.count() == 1


def passkey_of(member: StaffMember, name: str = "我的安全钥匙") -> tuple[int, SoftPasskey]:
    """Give a member of staff a passkey, and return its number and the passkey."""
    passkey = SoftPasskey()
    data = {"name": name, "credential": passkey.registration()}
    row = Authenticator.objects.create(user=member.account, type=Authenticator.Type.WEBAUTHN, data=data)
    return row.pk, passkey


@pytest.mark.django_db
def test_a_release_officer_signs_with_a_passkey_of_their_own_from_then_on(cast: Cast) -> None:
    number, passkey = passkey_of(cast.he)
    client = client_of(cast.he)
    assert "用“我的安全钥匙”签发" in client.get("/desk/people/officer-key/").text
    form = {"submission_key": new_submission_key()}
    answer = client.post(f"/desk/people/officer-key/passkeys/{number}/", form)
    assert answer.headers["Location"] == "/desk/people/me/"
    key = find_officer_key(cast.he.account.pk)
    assert key is not None
    assert (key.kind, key.relying_party, bytes(key.private_key_sealed)) == ("passkey", "testserver", b"")
    assert (key.public_key, key.credential_id) == (passkey.public_key.hex(), passkey.credential_id.hex())
    assert cast.he.account.officer_keys.filter(retired_at=None).count() == 1
    assert "通行密钥的公钥" in client.get("/desk/people/me/").text


@pytest.mark.django_db
def test_nobody_signs_with_another_ones_passkey(cast: Cast) -> None:
    number, _passkey = passkey_of(cast.lyu)
    answer = client_of(cast.he).post(
        f"/desk/people/officer-key/passkeys/{number}/", {"submission_key": new_submission_key()}
    )
    assert answer.status_code == 404
    key = find_officer_key(cast.he.account.pk)
    assert key is not None
    assert key.kind == "ed25519"
    assert client_of(cast.zhou).post(f"/desk/people/officer-key/passkeys/{number}/").status_code == 403
