"""The addresses of attendance."""

from django.urls import path

from jinbang.attendance.views import desk

app_name = "attendance"

urlpatterns = [
    path("desk/attendance/", desk.region_list, name="sessions"),
    path("desk/attendance/<uuid:region_id>/", desk.region, name="desk_region"),
    path("desk/attendance/<uuid:region_id>/open/", desk.open_records, name="desk_open"),
    path("desk/attendance/<uuid:region_id>/<uuid:session_id>/<uuid:site_id>/", desk.site, name="desk_site"),
    path("desk/attendance/records/<uuid:record_id>/", desk.record, name="desk_record"),
    path("desk/attendance/records/<uuid:record_id>/violations/add/", desk.add_violation, name="desk_add_violation"),
    path(
        "desk/attendance/records/<uuid:record_id>/violations/<uuid:violation_id>/remove/",
        desk.remove_violation,
        name="desk_remove_violation",
    ),
    path("desk/attendance/records/<uuid:record_id>/close/", desk.close, name="desk_close"),
    path("desk/attendance/records/<uuid:record_id>/reopen/", desk.reopen, name="desk_reopen"),
]
