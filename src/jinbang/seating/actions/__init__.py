"""Writes of seating: commit to a seed, prepare rooms, draw, publish, print. Each module here holds one kind of act."""

from jinbang.seating.actions.draw import ask_for_draw, draw_seats
from jinbang.seating.actions.plan import USUAL_RULES, commit_seed, prepare_all_rooms, prepare_rooms, publish_plan
from jinbang.seating.actions.printing import print_ticket, print_ticket_at_counter

__all__ = [
    "USUAL_RULES",
    "ask_for_draw",
    "commit_seed",
    "draw_seats",
    "prepare_all_rooms",
    "prepare_rooms",
    "print_ticket",
    "print_ticket_at_counter",
    "publish_plan",
]
