"""The addresses of checks."""

from django.urls import path

from jinbang.people.verification.views import candidate

app_name = "verification"

urlpatterns = [
    path("me/verification/", candidate.verifications, name="verifications"),
    path("me/verification/diploma/", candidate.diploma, name="diploma"),
    path("me/verification/<uuid:verification_id>/", candidate.diploma_change, name="diploma_change"),
]
