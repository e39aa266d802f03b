"""The addresses of sittings: exams, notices, cities, the planner's desk, and every old address."""

from django.urls import path, register_converter

from jinbang.sittings.redirects import OldAddress
from jinbang.sittings.views import amendments, desk, public

register_converter(OldAddress, "old_address")

app_name = "sittings"

urlpatterns = [
    path("exams/", public.exam_list, name="exam_list"),
    path("exams/<slug:code>/", public.exam, name="exam"),
    path("exams/<slug:code>/calendar.ics", public.exam_calendar, name="exam_calendar"),
    path("exams/<slug:code>/results/", public.exam_results, name="exam_results"),
    path("notices/", public.notice_list, name="notice_list"),
    path("notices/<uuid:notice_id>/", public.notice, name="notice"),
    path("notices/<uuid:notice_id>/files/<uuid:attachment_id>/", public.attachment, name="attachment"),
    path("cities/<slug:code>/", public.city, name="city"),
    path("desk/sittings/", desk.sitting_list, name="desk_sitting_list"),
    path("desk/sittings/<slug:code>/", desk.sitting, name="desk_sitting"),
    path("desk/sittings/<slug:code>/windows/extend/", desk.extend_window, name="desk_extend_window"),
    path("desk/sittings/<slug:code>/sites/add/", desk.add_site, name="desk_add_site"),
    path("desk/sittings/<slug:code>/notices/issue/", desk.issue_notice, name="desk_issue_notice"),
    path("desk/sittings/<slug:code>/reminders/", desk.reminders, name="desk_reminders"),
    path("desk/sittings/<slug:code>/publish/", desk.publish, name="desk_publish"),
    path("desk/sittings/<slug:code>/close/", desk.close, name="desk_close"),
    path("desk/sittings/<slug:code>/cancel/", desk.cancel, name="desk_cancel"),
    path("desk/sittings/<slug:code>/holding/", amendments.note_holding, name="desk_note_holding"),
    path("desk/sittings/<slug:code>/version/", amendments.adopt_version, name="desk_adopt_version"),
    path("<old_address:destination>", public.old_address, name="old_address"),
]
