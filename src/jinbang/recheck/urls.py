"""The addresses of the recheck phase."""

from django.urls import path

from jinbang.recheck.views import public

app_name = "recheck"

urlpatterns = [
    path("report/", public.report, name="report"),
    path("report/<str:receipt>/", public.reported, name="reported"),
]
