"""The addresses of the portal: home, the candidate's own first page, the desk's, and what machines ask for."""

from django.urls import path

from jinbang.portal.views import candidate, desk, machines, public

app_name = "portal"

urlpatterns = [
    path("", public.home, name="home"),
    path("healthz", machines.healthz, name="healthz"),
    path("favicon.ico", machines.favicon, name="favicon"),
    path("me/", candidate.my_exams, name="my_exams"),
    path("desk/", desk.dashboard, name="desk"),
    path("desk/long-work/", desk.work_list, name="work_list"),
    path("desk/long-work/<uuid:work_id>/", desk.work, name="work"),
]
