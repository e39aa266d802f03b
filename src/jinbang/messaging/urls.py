"""The addresses of messaging: a candidate's inbox, and the outbox page of a demo. Holds no personal data."""

from django.urls import path

from jinbang.messaging.views import candidate, public

app_name = "messaging"

urlpatterns = [
    path("me/messages/", candidate.inbox, name="inbox"),
    path("outbox/", public.outbox, name="outbox"),
]
