"""Addresses of the results phase."""

from django.urls import path

from jinbang.results.views import candidate, crosschecks, desk, handover, imports, pass_marks, release, schedule, sheets
from jinbang.results.violations.views import candidate as own_violations
from jinbang.results.violations.views import desk as violations

app_name = "results"

urlpatterns = [
    path("me/results/", candidate.record, name="record"),
    path("desk/results/", desk.regions, name="regions"),
    path("desk/results/schedule/", schedule.schedule, name="schedule"),
    path("desk/results/<uuid:region_id>/", desk.region, name="region"),
    path("desk/results/<uuid:region_id>/roster/", desk.draw_up_roster, name="draw-up-roster"),
    path("desk/results/<uuid:region_id>/roster.csv", desk.roster_file, name="roster-file"),
    path("desk/results/<uuid:region_id>/import-roster/", imports.import_roster, name="import-roster"),
    path("desk/results/<uuid:region_id>/marks/", imports.stage_marks, name="stage-marks"),
    path("desk/results/<uuid:region_id>/columns/", imports.name_columns, name="name-columns"),
    path("desk/results/<uuid:region_id>/sheets/", sheets.sheets_of, name="sheets"),
    path("desk/results/<uuid:region_id>/cross-checks/", crosschecks.cross_checks, name="cross-checks"),
    path("desk/results/<uuid:region_id>/handed-over/", handover.files, name="handover"),
    path("desk/results/incoming/<uuid:file_id>/", imports.incoming_file, name="incoming-file"),
    path("desk/results/incoming/<uuid:file_id>/drop/", imports.drop_incoming, name="drop-incoming"),
    path("desk/results/sheets/<uuid:sheet_id>/", sheets.sheet, name="sheet"),
    path("desk/results/handed-over/<uuid:file_id>/", handover.file, name="handed-over-file"),
    path("desk/results/handed-over/<uuid:file_id>/link/", handover.link, name="link-file"),
    path("desk/results/handed-over/<uuid:file_id>/unlink/", handover.unlink, name="unlink-file"),
    path("desk/results/handed-over/<uuid:file_id>/reject/", handover.reject, name="reject-file"),
    path("desk/results/<uuid:region_id>/pass-marks/", pass_marks.propose, name="propose-pass-mark"),
    path("desk/results/<uuid:region_id>/pass-marks/preview/", pass_marks.preview, name="preview-pass-marks"),
    path("desk/results/<uuid:region_id>/release/", release.draft, name="draft-release"),
    path("desk/results/batches/<uuid:batch_id>/", desk.batch, name="batch"),
    path("desk/results/batches/<uuid:batch_id>/discard/", desk.discard_batch, name="discard-batch"),
    path("desk/results/pass-marks/<uuid:pass_mark_id>/approve/", pass_marks.approve, name="approve-pass-mark"),
    path("desk/results/pass-marks/<uuid:pass_mark_id>/reject/", pass_marks.reject, name="reject-pass-mark"),
    path("desk/results/releases/<uuid:release_id>/", release.release, name="release"),
    path("desk/results/releases/<uuid:release_id>/changes/", release.changes, name="changes"),
    path("desk/results/releases/<uuid:release_id>/validate/", release.validate, name="validate-release"),
    path("desk/results/releases/<uuid:release_id>/seal/", release.seal, name="seal-release"),
    path("desk/results/releases/<uuid:release_id>/sign/", release.sign, name="sign-release"),
    path("desk/results/releases/<uuid:release_id>/reopen/", release.reopen, name="reopen-release"),
    path("desk/results/releases/<uuid:release_id>/correct/", release.correct, name="correct-release"),
    path("desk/results/violations/", violations.cases, name="violations"),
    path("desk/results/<uuid:region_id>/similar-answers/", violations.similar_answers, name="similar-answers"),
    path("desk/results/violations/<uuid:case_id>/", violations.case, name="violation"),
    path("desk/results/violations/<uuid:case_id>/notify/", violations.notify, name="notify-violation"),
    path("desk/results/violations/<uuid:case_id>/find/", violations.find, name="find-violation"),
    path("desk/results/violations/<uuid:case_id>/drop/", violations.drop, name="drop-violation"),
    path("desk/results/violations/<uuid:case_id>/serve/", violations.serve, name="serve-decision"),
    path("my/violations/", own_violations.cases, name="own-violations"),
    path("my/violations/<uuid:case_id>/", own_violations.case, name="own-violation"),
    path("my/violations/<uuid:case_id>/statement/", own_violations.statement, name="state-defence"),
]
