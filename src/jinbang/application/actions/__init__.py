"""Writes of the application phase: one verb, one transaction, one actor. Each module here holds one kind of act.

No act here opens an order or frees a seat: later phases come looking at what was approved.
"""

from jinbang.application.actions.attach import add_evidence, attach_entered_evidence, remove_evidence
from jinbang.application.actions.enter import NewApplication, enter_applications
from jinbang.application.actions.fill import (
    BackgroundAnswer,
    fill_background,
    fill_condition,
    fill_employer,
    fill_level,
    fill_photo,
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
    "NewApplication",
    "add_evidence",
    "approve_application",
    "approve_applications",
    "attach_entered_evidence",
    "end_holds",
    "enter_applications",
    "fill_background",
    "fill_condition",
    "fill_employer",
    "fill_level",
    "fill_photo",
    "fill_site",
    "fill_specialty",
    "fill_subjects",
    "fill_track",
    "lapse_application",
    "lapse_applications",
    "lapse_returned_applications",
    "note_passes",
    "refuse_application",
    "remove_evidence",
    "return_application",
    "start_application",
    "submit_application",
    "withdraw_application",
]
