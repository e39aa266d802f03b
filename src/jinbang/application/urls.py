"""The addresses of the application phase."""

from django.urls import path

from jinbang.application.forms import STEP_FORMS
from jinbang.application.states import ApplicationEvent
from jinbang.application.views import candidate, desk, evidence, photo, photo_desk

app_name = "application"

urlpatterns = [
    path("apply/<slug:sitting_code>/", candidate.start, name="start"),
    path("applications/<uuid:application_id>/", candidate.show, name="show"),
    path("applications/<uuid:application_id>/tasks/", candidate.tasks, name="tasks"),
    *(
        path(f"applications/<uuid:application_id>/{task}/", candidate.fill, {"task": task}, name=task.value)
        for task in STEP_FORMS
    ),
    path("applications/<uuid:application_id>/evidence/", evidence.evidence, name="evidence"),
    path("applications/<uuid:application_id>/evidence/<slug:key>/", evidence.evidence_item, name="evidence_item"),
    path("applications/<uuid:application_id>/evidence/files/<uuid:evidence_id>", evidence.file, name="evidence_file"),
    path(
        "applications/<uuid:application_id>/evidence/files/<uuid:evidence_id>/remove/",
        evidence.remove,
        name="evidence_remove",
    ),
    path("applications/<uuid:application_id>/photo/", photo.show, name="photo"),
    path("applications/<uuid:application_id>/photo/reuse/", photo.reuse, name="photo_reuse"),
    path("applications/<uuid:application_id>/photo.jpg", photo.current_file, name="photo_file"),
    path("photos/<uuid:photo_id>/crop/", photo.crop, name="photo_crop"),
    path("photos/<uuid:photo_id>/accept/", photo.accept, name="photo_accept"),
    path("photos/<uuid:photo_id>.jpg", photo.version_file, name="photo_version"),
    path("photos/<uuid:photo_id>/marked.jpg", photo.marked_file, name="photo_marked"),
    path("photos/<uuid:photo_id>/sheet.jpg", photo.sheet_file, name="photo_sheet"),
    path("applications/<uuid:application_id>/declaration/", candidate.declaration, name="declaration"),
    path("desk/application/", desk.queue, name="queue"),
    path("desk/application/approve-selected/", desk.approve_selected, name="approve_selected"),
    path("desk/application/<uuid:application_id>/", desk.case, name="case"),
    path(
        "desk/application/<uuid:application_id>/evidence/<uuid:evidence_id>",
        evidence.case_file,
        name="case_evidence",
    ),
    path("desk/application/<uuid:application_id>/photo.jpg", photo_desk.current_file, name="case_photo"),
    path("desk/application/<uuid:application_id>/photo/", photo_desk.propose, name="photo_propose"),
    path("desk/application/photos/", photo_desk.changes, name="photo_changes"),
    path("desk/application/photos/<uuid:photo_id>/", photo_desk.compare, name="photo_compare"),
    path("desk/application/photos/<uuid:photo_id>/approve/", photo_desk.approve, name="photo_approve"),
    path("desk/application/photos/<uuid:photo_id>/reject/", photo_desk.reject, name="photo_reject"),
    path("desk/application/photos/<uuid:photo_id>.jpg", photo_desk.version_file, name="photo_case_version"),
    *(
        path(f"desk/application/<uuid:application_id>/{event}/", desk.decide, {"event": event}, name=event.value)
        for event in (ApplicationEvent.APPROVE, ApplicationEvent.RETURN, ApplicationEvent.REFUSE)
    ),
]
