"""Writes of the application phase: one verb, one transaction, one actor. Each module here holds one kind of act.

No act here opens an order or frees a seat: later phases come looking at what was approved.
"""

from jinbang.application.actions.attach import add_evidence, attach_entered_evidence, remove_evidence
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
from jinbang.application.actions.review import (
    BulkApproval,
    approve_application,
    approve_applications,
    refuse_application,
    return_application,
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
    "approve_application",
    "approve_applications",
    "approve_photo",
    "attach_entered_evidence",
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
    "note_passes",
    "propose_photo",
    "refuse_application",
    "reject_photo",
    "remove_evidence",
    "return_application",
    "reuse_photo",
    "start_application",
    "submit_application",
    "try_photo",
    "withdraw_application",
]
