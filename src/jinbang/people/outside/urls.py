"""The addresses of outside identities, under /account/. Three replace the sign-in library's own pages."""

from django.urls import path

from jinbang.people.outside.views import candidate, public

app_name = "outside"

urlpatterns = [
    path("3rdparty/", candidate.identities, name="identities"),
    path("3rdparty/signup/", public.bind, name="bind"),
    path("3rdparty/link/", candidate.link, name="link"),
    path("3rdparty/login/error/", public.failed, name="failed"),
    path("3rdparty/<slug:provider_id>/enter/", public.enter, name="enter"),
    path("3rdparty/<slug:provider_id>/callback/", public.callback, name="callback"),
]
