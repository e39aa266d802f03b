"""The addresses of the application phase."""

from typing import Final

from django.urls import path

from jinbang.application.commitment.views import candidate as commitment
from jinbang.application.commitment.views import desk as commitments
from jinbang.application.commitment.views import public as commitment_samples
from jinbang.application.counter.views import desk as counter
from jinbang.application.forms import STEP_FORMS
from jinbang.application.group.views import candidate as group_rows
from jinbang.application.group.views import desk as group
from jinbang.application.states import ApplicationEvent
from jinbang.application.views import (
    agreements,
    appeal,
    bulk,
    candidate,
    checks,
    desk,
    evidence,
    photo,
    photo_desk,
    sample,
    statistics,
)

app_name = "application"

CASE: Final = "desk/application/<uuid:application_id>"

# What the address of a button says, and what is done: to refuse is at first to propose it.
DECISIONS: Final = {
    "approve": ApplicationEvent.APPROVE,
    "return": ApplicationEvent.RETURN,
    "refuse": ApplicationEvent.PROPOSE_REFUSAL,
}

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
    path("applications/<uuid:application_id>/appeal/", appeal.appeal, name="appeal"),
    path("exams/<slug:code>/review-sample/", sample.samples, name="samples"),
    path("exams/<slug:code>/review-sample/<slug:authority>.json", sample.sample_file, name="sample_file"),
    path("applications/<uuid:application_id>/commitment/", commitment.commitment, name="commitment"),
    path("applications/<uuid:application_id>/commitment/check/", commitment.check, name="commitment_check"),
    path("applications/<uuid:application_id>/commitment/evidence/", commitment.evidence, name="commitment_evidence"),
    path("applications/<uuid:application_id>/commitment/answer/", commitment.answer_charge, name="commitment_answer"),
    path("exams/<slug:sitting_code>/commitment-samples/", commitment_samples.samples, name="commitment_samples"),
    path("me/group-entries/", group_rows.rows, name="group_rows"),
    path("me/group-entries/<uuid:row_id>/", group_rows.row, name="group_row"),
    path("me/group-entries/<uuid:row_id>/decline/", group_rows.decline, name="group_row_decline"),
    path("desk/group/", group.uploads, name="group_uploads"),
    path("desk/group/<uuid:upload_id>/", group.upload, name="group_upload"),
    path("desk/group/<uuid:upload_id>/answer.csv", group.answer, name="group_answer"),
    path("desk/group/regions/<uuid:region_id>/template.csv", group.template, name="group_template"),
    path("desk/counter/", counter.points, name="counter_points"),
    path("desk/counter/<uuid:point_id>/", counter.counter, name="counter"),
    path("desk/counter/<uuid:point_id>/enter/", counter.enter, name="counter_enter"),
    path("desk/counter/applications/<uuid:application_id>/", counter.entered, name="counter_entered"),
    path("desk/counter/applications/<uuid:application_id>/pledge.pdf", counter.pledge, name="counter_pledge"),
    path("desk/commitments/", commitments.checks, name="commitments"),
    path("desk/commitments/regions/<uuid:region_id>/commit/", commitments.commit_seed, name="commit_sample"),
    path("desk/commitments/regions/<uuid:region_id>/draw/", commitments.draw, name="draw_sample"),
    path("desk/commitments/<uuid:check_id>/", commitments.check, name="commitment_case"),
    path("desk/commitments/<uuid:check_id>/uphold/", commitments.uphold, name="commitment_uphold"),
    path("desk/commitments/<uuid:check_id>/charge/", commitments.charge, name="commitment_charge"),
    path("desk/commitments/<uuid:check_id>/false/", commitments.find_false, name="commitment_false"),
    path(
        "desk/commitments/<uuid:check_id>/evidence/<uuid:evidence_id>/",
        commitments.evidence,
        name="commitment_evidence_file",
    ),
    path("desk/application/", desk.queue, name="queue"),
    path("desk/application/next/", desk.take_next, name="next"),
    path("desk/application/approve-selected/", bulk.approve_selected, name="approve_selected"),
    path("desk/application/approve-matching/", bulk.approve_matching, name="approve_matching"),
    path("desk/application/runs/<uuid:run_id>/", bulk.run, name="run"),
    path("desk/application/statistics/", statistics.statistics, name="statistics"),
    path("desk/application/reasons/", agreements.reasons, name="reasons"),
    path("desk/application/reasons/unlist/", agreements.unlist, name="unlist"),
    path("desk/application/terms/", agreements.terms, name="terms"),
    path("desk/application/plan/", agreements.plan, name="plan"),
    path(f"{CASE}/", desk.case, name="case"),
    path(f"{CASE}/claim/", desk.hold, {"holds": True}, name="claim"),
    path(f"{CASE}/release/", desk.hold, {"holds": False}, name="release"),
    path(f"{CASE}/document/", desk.document, name="case_document"),
    path(f"{CASE}/evidence/<uuid:evidence_id>", evidence.case_file, name="case_evidence"),
    path(f"{CASE}/checks/<uuid:verification_id>/", checks.check, name="check"),
    path(f"{CASE}/photo.jpg", photo_desk.current_file, name="case_photo"),
    path(f"{CASE}/photo/", photo_desk.propose, name="photo_propose"),
    path("desk/application/photos/", photo_desk.changes, name="photo_changes"),
    path("desk/application/photos/<uuid:photo_id>/", photo_desk.compare, name="photo_compare"),
    path("desk/application/photos/<uuid:photo_id>/approve/", photo_desk.approve, name="photo_approve"),
    path("desk/application/photos/<uuid:photo_id>/reject/", photo_desk.reject, name="photo_reject"),
    path("desk/application/photos/<uuid:photo_id>.jpg", photo_desk.version_file, name="photo_case_version"),
    path(f"{CASE}/lines/", desk.decide, name="lines"),
    *(path(f"{CASE}/{word}/", desk.decide, {"event": event}, name=word) for word, event in DECISIONS.items()),
    *(path(f"{CASE}/{look}/", desk.look_again, {"look": look}, name=look) for look in desk.SECOND_LOOKS),
]
