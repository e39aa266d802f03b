"""The addresses of the lookup phase. What is behind them is decided by the service, for both adapters alike."""

from django.urls import path, re_path

from jinbang.lookup.views import candidate, public

app_name = "lookup"

urlpatterns = [
    path("me/results/release/<slug:release>/", candidate.own_result, name="own"),
    path("me/results/release/<slug:release>/picture", candidate.own_picture, name="own-picture"),
    path("lookup/", public.lookup, name="releases"),
    path("lookup/<slug:release>", public.lookup, name="release"),
    re_path(r"^lookup(?:/(?P<rest>.*))?$", public.lookup, name="anything"),
]
