"""Writes around commitments: answering, sampling, and hearing a charge."""

from jinbang.application.commitment.actions.answer import (
    decline_commitment,
    sign_commitment,
    withdraw_commitment,
)
from jinbang.application.commitment.actions.hearing import (
    answer_charge,
    charge_commitment,
    find_commitment_false,
    question_commitment,
    uphold_commitment,
)
from jinbang.application.commitment.actions.sample import commit_sample_seed, draw_commitment_sample

__all__ = [
    "answer_charge",
    "charge_commitment",
    "commit_sample_seed",
    "decline_commitment",
    "draw_commitment_sample",
    "find_commitment_false",
    "question_commitment",
    "sign_commitment",
    "uphold_commitment",
    "withdraw_commitment",
]
