"""The addresses of the application phase."""

from django.urls import path

from jinbang.application.forms import STEP_FORMS
from jinbang.application.states import ApplicationEvent
from jinbang.application.views import candidate, desk, evidence

app_name = "application"

urlpatterns = [
    path("apply/<slug:sitting_code>/", candidate.start, name="start"),
    path("applications/<uuid:application_id>/", candidate.show, name="show"),
    path("applications/<uuid:application_id>/tasks/", candidate.tasks, name="tasks"),
    *(
        path(f"applications/<uuid:application_id>/{task}/", candidate.fill, {"task": task}, name=task.value)
        for task in STEP_FORMS
    ),
    path("applications/<uuid:application_id>/photo/", candidate.photo, name="photo"),
    path("applications/<uuid:application_id>/photo.jpg", candidate.photo_file, name="photo_file"),
    path("applications/<uuid:application_id>/evidence/", evidence.evidence, name="evidence"),
    path("applications/<uuid:application_id>/evidence/<slug:key>/", evidence.evidence_item, name="evidence_item"),
    path("applications/<uuid:application_id>/evidence/files/<uuid:evidence_id>", evidence.file, name="evidence_file"),
    path(
        "applications/<uuid:application_id>/evidence/files/<uuid:evidence_id>/remove/",
        evidence.remove,
        name="evidence_remove",
    ),
    path("applications/<uuid:application_id>/declaration/", candidate.declaration, name="declaration"),
    path("desk/application/", desk.queue, name="queue"),
    path("desk/application/approve-selected/", desk.approve_selected, name="approve_selected"),
    path("desk/application/<uuid:application_id>/", desk.case, name="case"),
    path("desk/application/<uuid:application_id>/photo.jpg", desk.photo_file, name="case_photo"),
    path(
        "desk/application/<uuid:application_id>/evidence/<uuid:evidence_id>",
        evidence.case_file,
        name="case_evidence",
    ),
    *(
        path(f"desk/application/<uuid:application_id>/{event}/", desk.decide, {"event": event}, name=event.value)
        for event in (ApplicationEvent.APPROVE, ApplicationEvent.RETURN, ApplicationEvent.REFUSE)
    ),
]
