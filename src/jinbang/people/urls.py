"""The addresses of people.

They stand before those of the sign-in library, and some on purpose at its addresses: what goes by codes is ours, what
would go by a link in an e-mail or list several addresses does not exist here. Passwords, passkeys and second factors
are the library's pages in our look.
"""

from django.urls import path, re_path

from jinbang.people.integrity.views import desk as integrity
from jinbang.people.views import account, amendment, candidate, counter, desk, entrance, public

app_name = "people"

urlpatterns = [
    path("account/signup/", entrance.sign_up, name="sign_up"),
    path("account/signup/email/", entrance.sign_up_by_email, name="sign_up_by_email"),
    path("account/signup/code/", entrance.sign_up_code, name="sign_up_code"),
    path("account/login/code/", entrance.code_sign_in, name="code_sign_in"),
    path("account/login/code/confirm/", entrance.code_sign_in_confirm, name="code_sign_in_confirm"),
    path("account/recover/", entrance.recover, name="recover"),
    path("account/recover/code/", entrance.recover_code, name="recover_code"),
    path("account/recover/password/", entrance.recover_password, name="recover_password"),
    path("account/logout/", entrance.sign_out, name="sign_out"),
    re_path(r"^account/(?:email|confirm-email|phone|password/reset|password/set)/", entrance.shut),
    path("desk/sign-in/", public.staff_sign_in, name="staff_sign_in"),
    path("me/identity/", candidate.identity, name="identity"),
    path("me/identity/received/", candidate.identity_received, name="identity_received"),
    path("me/profile/", account.profile, name="profile"),
    path("me/sign-ins/", account.visits, name="visits"),
    path("me/sign-ins/end-others/", account.end_others, name="end_others"),
    path("me/contact/phone/", account.change_phone, name="change_phone"),
    path("me/contact/email/", account.change_email, name="change_email"),
    path("me/contact/codes/", account.change_contact, name="change_contact"),
    path("me/amendments/", amendment.amendments, name="amendments"),
    path("me/amendments/new/", amendment.ask, name="ask_amendment"),
    path("me/amendments/<uuid:amendment_id>/withdraw/", amendment.withdraw, name="withdraw_amendment"),
    path("me/rebinding/<uuid:rebinding_id>/stop/", counter.stop_own, name="stop_own_rebinding"),
    path("desk/people/amendments/", amendment.queue, name="amendment_queue"),
    path("desk/people/amendments/<uuid:amendment_id>/", amendment.case, name="amendment_case"),
    path("desk/people/amendments/<uuid:amendment_id>/evidence/", amendment.evidence, name="amendment_evidence"),
    path("desk/people/amendments/<uuid:amendment_id>/approve/", amendment.approve, name="approve_amendment"),
    path("desk/people/amendments/<uuid:amendment_id>/refuse/", amendment.refuse, name="refuse_amendment"),
    path("desk/people/counter/", counter.look_up, name="counter"),
    path("desk/people/counter/new/", counter.start, name="start_rebinding"),
    path("desk/people/counter/<uuid:rebinding_id>/", counter.show, name="rebinding"),
    path("desk/people/counter/<uuid:rebinding_id>/confirm/", counter.confirm, name="confirm_rebinding"),
    path("desk/people/counter/<uuid:rebinding_id>/stop/", counter.stop, name="stop_rebinding"),
    path("desk/people/me/", desk.desk_profile, name="desk_profile"),
    path("desk/people/officer-key/", desk.officer_key, name="officer_key"),
    path("desk/people/officer-key/passkeys/<int:authenticator_id>/", desk.officer_passkey, name="officer_passkey"),
    path("desk/people/integrity/", integrity.records, name="integrity_records"),
    path("desk/people/integrity/new/", integrity.enter, name="integrity_enter"),
    path("desk/people/integrity/<uuid:record_id>/lift/", integrity.lift, name="integrity_lift"),
]
