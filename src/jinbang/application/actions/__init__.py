"""Writes of the application phase: one verb, one transaction, one actor. Each module here holds one kind of act.

No act here opens an order or frees a seat: later phases come looking at what was approved.
"""

from jinbang.application.actions.agree import lay_down_terms, list_reason, plan_review, unlist_reason
from jinbang.application.actions.appeal import appeal_refusal, reopen_application, settle_refusals, uphold_refusal
from jinbang.application.actions.attach import add_evidence, remove_evidence
from jinbang.application.actions.bulk import (
    BulkApproval,
    approve_applications,
    carry_on_run,
    carry_on_runs,
    start_approval_run,
)
from jinbang.application.actions.claims import claim_case, claim_next_case, release_case
from jinbang.application.actions.decide import (
    approve_application,
    confirm_approval,
    confirm_refusal,
    mark_lines,
    note_lost_attempt,
    propose_refusal,
    return_application,
    send_back,
)
from jinbang.application.actions.enter import NewApplication, enter_applications
from jinbang.application.actions.exchange import approve_photo, propose_photo, reject_photo
from jinbang.application.actions.fill import (
    BackgroundAnswer,
    fill_background,
    fill_condition,
    fill_employer,
    fill_level,
    fill_site,
    fill_specialty,
    fill_subjects,
    fill_track,
)
from jinbang.application.actions.hold import HOLD_CLOSED, HOLD_ENDED, end_holds
from jinbang.application.actions.leave import (
    lapse_application,
    lapse_applications,
    lapse_returned_applications,
    withdraw_application,
)
from jinbang.application.actions.passes import note_passes
from jinbang.application.actions.portray import (
    HandBox,
    Trial,
    accept_photo,
    crop_photo,
    keep_trial,
    reuse_photo,
    try_photo,
)
from jinbang.application.actions.submit import start_application, submit_application

__all__ = [
    "HOLD_CLOSED",
    "HOLD_ENDED",
    "BackgroundAnswer",
    "BulkApproval",
    "HandBox",
    "NewApplication",
    "Trial",
    "accept_photo",
    "add_evidence",
    "appeal_refusal",
    "approve_application",
    "approve_applications",
    "approve_photo",
    "carry_on_run",
    "carry_on_runs",
    "claim_case",
    "claim_next_case",
    "confirm_approval",
    "confirm_refusal",
    "crop_photo",
    "end_holds",
    "enter_applications",
    "fill_background",
    "fill_condition",
    "fill_employer",
    "fill_level",
    "fill_site",
    "fill_specialty",
    "fill_subjects",
    "fill_track",
    "keep_trial",
    "lapse_application",
    "lapse_applications",
    "lapse_returned_applications",
    "lay_down_terms",
    "list_reason",
    "mark_lines",
    "note_lost_attempt",
    "note_passes",
    "plan_review",
    "propose_photo",
    "propose_refusal",
    "reject_photo",
    "release_case",
    "remove_evidence",
    "reopen_application",
    "return_application",
    "reuse_photo",
    "send_back",
    "settle_refusals",
    "start_application",
    "start_approval_run",
    "submit_application",
    "try_photo",
    "unlist_reason",
    "uphold_refusal",
    "withdraw_application",
]
