"""Addresses of the results phase."""

from django.urls import path

from jinbang.results.views import candidate, desk, public, release, reports, statistics

app_name = "results"

urlpatterns = [
    path("me/results/", candidate.record, name="record"),
    path("me/results/reports/", reports.issue, name="issue-report"),
    path("me/results/reports/<uuid:report_id>.pdf", reports.report, name="report"),
    path("verify/report/", public.verify_report, name="verify-report"),
    path("verify/report/certificate.pem", public.certificate, name="report-certificate"),
    path("desk/results/", desk.regions, name="regions"),
    path("desk/results/<uuid:region_id>/", desk.region, name="region"),
    path("desk/results/<uuid:region_id>/roster/", desk.draw_up_roster, name="draw-up-roster"),
    path("desk/results/<uuid:region_id>/roster.csv", desk.roster_file, name="roster-file"),
    path("desk/results/<uuid:region_id>/marks/", desk.stage_marks, name="stage-marks"),
    path("desk/results/<uuid:region_id>/pass-marks/", desk.propose_pass_mark, name="propose-pass-mark"),
    path("desk/results/<uuid:region_id>/release/", release.draft, name="draft-release"),
    path("desk/results/batches/<uuid:batch_id>/", desk.batch, name="batch"),
    path("desk/results/batches/<uuid:batch_id>/discard/", desk.discard_batch, name="discard-batch"),
    path("desk/results/pass-marks/<uuid:pass_mark_id>/approve/", desk.approve_pass_mark, name="approve-pass-mark"),
    path("desk/results/pass-marks/<uuid:pass_mark_id>/reject/", desk.reject_pass_mark, name="reject-pass-mark"),
    path("desk/results/releases/<uuid:release_id>/", release.release, name="release"),
    path("desk/results/releases/<uuid:release_id>/changes/", release.changes, name="changes"),
    path("desk/results/releases/<uuid:release_id>/statistics/", statistics.statistics, name="statistics"),
    path("desk/results/releases/<uuid:release_id>/statistics.pdf", statistics.statistics_pdf, name="statistics-pdf"),
    path("desk/results/releases/<uuid:release_id>/statistics.xlsx", statistics.statistics_xlsx, name="statistics-xlsx"),
    path("desk/results/releases/<uuid:release_id>/validate/", release.validate, name="validate-release"),
    path("desk/results/releases/<uuid:release_id>/seal/", release.seal, name="seal-release"),
    path("desk/results/releases/<uuid:release_id>/sign/", release.sign, name="sign-release"),
    path("desk/results/releases/<uuid:release_id>/reopen/", release.reopen, name="reopen-release"),
    path("desk/results/releases/<uuid:release_id>/correct/", release.correct, name="correct-release"),
]
