"""What may be done with orders. Each function runs in its caller's transaction unless it says otherwise."""

from orders.services.answers import acknowledge, acknowledge_proposal, check_answer
from orders.services.batches import (
    Collected,
    add_clean,
    collect,
    collect_filtered,
    discard_batch,
    finish_collecting,
    send_batch,
    send_next,
)
from orders.services.changes import mark_many_seen, mark_seen
from orders.services.endings import Closed, adopt, close_short, find_lapsed, short_charge
from orders.services.followers import list_receipt_followers, register_receipt_follower
from orders.services.followup import follow_clock
from orders.services.ingest import ReadOrder, ingest_orders, read_orders
from orders.services.lookups import is_worth_a_look, look_up, next_look
from orders.services.mapping import ask_for_review, resolve_lines
from orders.services.papers import note_paper
from orders.services.policies import answer_by_policies, ask_policies, fail_trial, run_trial, set_policy, start_trial
from orders.services.quantities import lock_orders, record_quantities
from orders.services.questions import SURE, choose_best, choose_costs, choose_item, create_for
from orders.services.rereading import read_again
from orders.services.review import review
from orders.services.settling import follow_submission, settle_stock
from orders.services.statuses import ingest_statuses
from orders.services.stock import ship, subject_of

__all__ = [
    "SURE",
    "Closed",
    "Collected",
    "ReadOrder",
    "acknowledge",
    "acknowledge_proposal",
    "add_clean",
    "adopt",
    "answer_by_policies",
    "ask_for_review",
    "ask_policies",
    "check_answer",
    "choose_best",
    "choose_costs",
    "choose_item",
    "close_short",
    "collect",
    "collect_filtered",
    "create_for",
    "discard_batch",
    "fail_trial",
    "find_lapsed",
    "finish_collecting",
    "follow_clock",
    "follow_submission",
    "ingest_orders",
    "ingest_statuses",
    "is_worth_a_look",
    "list_receipt_followers",
    "lock_orders",
    "look_up",
    "mark_many_seen",
    "mark_seen",
    "next_look",
    "note_paper",
    "read_again",
    "read_orders",
    "record_quantities",
    "register_receipt_follower",
    "resolve_lines",
    "review",
    "run_trial",
    "send_batch",
    "send_next",
    "set_policy",
    "settle_stock",
    "ship",
    "short_charge",
    "start_trial",
    "subject_of",
]
