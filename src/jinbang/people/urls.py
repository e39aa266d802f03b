"""The addresses of people. Signing up and in, passwords, telephone and second factors are under /account/."""

from django.urls import path

from jinbang.people.views import candidate, desk, public

app_name = "people"

urlpatterns = [
    path("desk/sign-in/", public.staff_sign_in, name="staff_sign_in"),
    path("me/identity/", candidate.identity, name="identity"),
    path("me/profile/", candidate.profile, name="profile"),
    path("desk/people/me/", desk.desk_profile, name="desk_profile"),
    path("desk/people/officer-key/", desk.officer_key, name="officer_key"),
]
