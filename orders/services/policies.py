"""How vendor codes are answered: deciding it, trying it on past orders, and letting it send."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.locks import wait_for_transaction_lock
from acorn.jobs.queue import enqueue, ensure_repeating, stop_repeating
from acorn.jobs.run import JobRun
from acorn.tenancy.choices import chosen
from acorn.tenancy.scope import current_tenant_id
from orders import rules, selectors
from orders.errors import PolicyInvalid, TrialMissing
from orders.models import Acknowledgement, AnswerPolicy, PolicyDecision, PolicyTrial, PolicyTrialRow, PurchaseOrder
from orders.services.answers import acknowledge
from orders.services.mapping import ask_for_review
from orders.types import (
    ANSWER_BY_POLICY,
    POLICIES_SEND,
    POLICY,
    AnswerMode,
    AnswerOrigin,
    OrderState,
    PolicyTerms,
    Proposal,
    TrialState,
)
from vendors.errors import DocumentBlocked
from vendors.types import RuleFinding

ACTOR = Actor.system(ANSWER_BY_POLICY)
_EVERY_SECONDS = 300
_AT_ONCE = 200
_TRIAL_BATCH = 100
_TRIAL_ORDERS = 2_000
_HOUR = timedelta(hours=1)


# --- deciding ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_policy(
    *, vendor_code: str, mode: AnswerMode, terms: PolicyTerms, reason: str, actor: Actor, now: datetime
) -> AnswerPolicy:
    """Decide how a vendor code is answered from now on; the row before stays as history.

    What is the same as now changes nothing: safe to repeat. Raises PolicyInvalid, and TrialMissing where a policy shall
    send by itself that was not tried on past orders with these very terms.
    """
    _check(vendor_code, terms)
    wait_for_transaction_lock(
        f"policy:{current_tenant_id()}:{vendor_code}"
    )  # rows that nobody may change can't be locked
    before = selectors.find_policy(vendor_code)
    stored = terms.stored()
    if before is not None and (before.mode, selectors.to_policy(before).terms) == (mode, terms):
        return before
    if mode == AnswerMode.SEND_WHEN_CLEAN and not _is_tried(vendor_code, terms):
        raise TrialMissing
    policy = AnswerPolicy.objects.create(
        vendor_code=vendor_code, mode=mode, terms=stored, reason=reason, actor_label=actor.label[:200], created_at=now
    )
    audit.record(
        "orders.policy_changed",
        subject=Subject(POLICY, selectors.find_code_id(vendor_code), vendor_code),
        actor=actor,
        params={"vendor_code": vendor_code, "mode": mode.value, "before": before.mode if before else ""},
        reason=reason,
    )
    _schedule()
    ask_for_review()
    return policy


def _check(vendor_code: str, terms: PolicyTerms) -> None:
    if faults := rules.find_faults(vendor_code, terms):
        raise PolicyInvalid(fields={name: [_("Nobody could follow this: look at it again.")] for name in faults})


def _is_tried(vendor_code: str, terms: PolicyTerms) -> bool:
    trials = PolicyTrial.objects.filter(vendor_code=vendor_code, state=TrialState.DONE).order_by("-id")
    return any(PolicyTerms.from_stored(trial.terms) == terms for trial in trials[:20])


def ask_policies() -> None:
    """Have policies look at what waits, soon, if any may send. Safe to repeat: requests that wait are one."""
    if selectors.list_policies().filter(mode=AnswerMode.SEND_WHEN_CLEAN).exists():
        enqueue(ANSWER_BY_POLICY, dedupe_key="policy")


def _schedule() -> None:
    """Have the sender look every few minutes while some policy may send."""
    if selectors.list_policies().filter(mode=AnswerMode.SEND_WHEN_CLEAN).exists():
        ensure_repeating(ANSWER_BY_POLICY, every_seconds=_EVERY_SECONDS, dedupe_key="policy")
    else:
        stop_repeating(ANSWER_BY_POLICY, dedupe_key="policy")


# --- trying -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_trial(*, vendor_code: str, terms: PolicyTerms, days: int, actor: Actor, now: datetime) -> PolicyTrial:
    """Try a policy on the orders of so many past days, in a Job; nothing is sent. Raises PolicyInvalid."""
    _check(vendor_code, terms)
    trial = PolicyTrial.objects.create(
        vendor_code=vendor_code, mode=AnswerMode.SEND_WHEN_CLEAN, terms=terms.stored(), days=days,
        actor_label=actor.label[:200], created_at=now,
    )  # fmt: skip
    audit.record(
        "orders.policy_tried",
        subject=Subject(POLICY, selectors.find_code_id(vendor_code), vendor_code),
        actor=actor,
        params={"vendor_code": vendor_code, "days": days},
    )
    enqueue("orders.try_policy", trial_id=trial.pk)
    return trial


def run_trial(run: JobRun, *, trial_id: int, now: datetime) -> None:
    """Answer the trial's past orders as its terms would have, each with the stock of its day. Safe to run twice."""
    trial = PolicyTrial.objects.get(pk=trial_id)
    if trial.state != TrialState.RUNNING:
        return
    orders = selectors.list_past_orders(trial.vendor_code, since=trial.created_at - timedelta(days=trial.days))
    keys = list(orders.order_by("-ordered_at", "-id").values_list("pk", flat=True)[:_TRIAL_ORDERS])
    policy = selectors.trial_policy(trial)
    for start in range(0, len(keys), _TRIAL_BATCH):
        run.progress(start, len(keys))
        rows = [
            _trial_row(trial, *found) for found in selectors.propose_past(keys[start : start + _TRIAL_BATCH], policy)
        ]
        PolicyTrialRow.objects.bulk_create(rows, ignore_conflicts=True)
    run.progress(len(keys), len(keys))
    found = PolicyTrialRow.objects.filter(trial=trial)
    PolicyTrial.objects.filter(pk=trial.pk).update(
        state=TrialState.DONE,
        finished_at=now,
        order_count=found.count(),
        clean_count=found.filter(is_clean=True).count(),
    )


def fail_trial(*, trial_id: int, now: datetime) -> None:
    """The trial broke off; what it found so far stays. Safe to repeat."""
    PolicyTrial.objects.filter(pk=trial_id, state=TrialState.RUNNING).update(state=TrialState.FAILED, finished_at=now)


def _trial_row(trial: PolicyTrial, past: selectors.PastOrder, proposal: Proposal) -> PolicyTrialRow:
    obstacles = rules.find_obstacles(proposal, PolicyTerms.from_stored(trial.terms), sent_last_hour=0)
    answers = proposal.answers
    return PolicyTrialRow(
        trial=trial, order_id=past.pk, number=past.number, ordered_at=past.ordered_at,
        is_clean=not obstacles, reasons=[*obstacles], ordered_eaches=past.ordered,
        accepted_eaches=sum(answer.accepted for answer in answers),
        backordered_eaches=sum(answer.backordered for answer in answers),
        rejected_eaches=sum(answer.rejected for answer in answers),
        did_accept_eaches=past.accepted, did_reject_eaches=past.rejected,
    )  # fmt: skip


# --- sending ----------------------------------------------------------------------------------------------------------


def answer_by_policies(*, now: datetime, run: JobRun | None = None) -> int:
    """Let policies answer what they may answer by themselves; how many orders they did. Safe to repeat, and to race.

    One transaction per order, which locks it and looks again: a person who was faster, a change by Amazon, another
    policy or the switch all keep the policy from sending. What it does not send it says why, once per reason.
    """
    if not chosen(POLICIES_SEND):
        return 0
    rows = {row.vendor_code: row for row in selectors.list_policies().filter(mode=AnswerMode.SEND_WHEN_CLEAN)}
    orders = list(_waiting(rows)[:_AT_ONCE])
    proposals = selectors.propose([order.public_id for order in orders], now=now)
    count = 0
    for place, order in enumerate(orders):
        count += _answer(order, proposals[order.public_id], rows[order.vendor_code], now=now)
        if run is not None:
            run.progress(place + 1, len(orders))
    return count


def _waiting(rows: Mapping[str, AnswerPolicy]) -> Any:
    answered = Acknowledgement.objects.filter(order=OuterRef("pk"))
    waiting = PurchaseOrder.objects.filter(
        ~Exists(answered), state=OrderState.NEW, is_history=False, closed_short_at=None, vendor_code__in=rows
    )
    return waiting.only("public_id", "version", "vendor_code").order_by("deadline_at", "id")


def _answer(seen: PurchaseOrder, proposal: Proposal, row: AnswerPolicy, *, now: datetime) -> bool:
    with transaction.atomic():
        order = PurchaseOrder.objects.select_for_update(no_key=True).get(pk=seen.pk)
        if not _may_still_answer(order, seen, row):
            return False
        terms = PolicyTerms.from_stored(row.terms)
        obstacles: Sequence[Mapping[str, Any]] = rules.find_obstacles(
            proposal, terms, sent_last_hour=_count_sent(row.vendor_code, now)
        )
        acknowledgement = None
        if not obstacles:
            acknowledgement, obstacles = _send(order, proposal, terms, now)
        _decide(order, row, acknowledgement, obstacles, now)
    return acknowledgement is not None


def _may_still_answer(order: PurchaseOrder, seen: PurchaseOrder, row: AnswerPolicy) -> bool:
    newest = (
        AnswerPolicy.objects.filter(vendor_code=row.vendor_code).order_by("-id").values_list("pk", flat=True).first()
    )
    return (
        (order.state, order.version, newest) == (OrderState.NEW, seen.version, row.pk)
        and not Acknowledgement.objects.filter(order=order).exists()
        and bool(chosen(POLICIES_SEND))
    )


def _count_sent(vendor_code: str, now: datetime) -> int:
    return PolicyDecision.objects.filter(
        order__vendor_code=vendor_code, acknowledgement__isnull=False, decided_at__gt=now - _HOUR
    ).count()


class _Unclean(Exception):
    """The checks would let the answer go with a warning that keeps a policy from sending."""

    def __init__(self, findings: Sequence[RuleFinding]) -> None:
        super().__init__()
        self.findings = findings


def _send(
    order: PurchaseOrder, proposal: Proposal, terms: PolicyTerms, now: datetime
) -> tuple[Acknowledgement | None, Sequence[Mapping[str, Any]]]:
    """The answer, or why it was not sent. Nothing of a refused answer stays."""
    try:
        with transaction.atomic():
            sent = acknowledge(
                order_public_id=order.public_id,
                answers=proposal.answers,
                origin=AnswerOrigin.POLICY,
                actor=ACTOR,
                now=now,
            )
            findings = [RuleFinding.from_stored(row) for row in (sent.submission.findings if sent.submission else [])]
            if stops := rules.find_stops(findings, terms):
                raise _Unclean(stops)
            return sent, []
    except (DocumentBlocked, _Unclean) as refusal:
        return None, [{"line": each.line, "code": each.code, "params": dict(each.params)} for each in refusal.findings]


def _decide(
    order: PurchaseOrder,
    row: AnswerPolicy,
    sent: Acknowledgement | None,
    obstacles: Sequence[Mapping[str, Any]],
    now: datetime,
) -> None:
    reasons = [dict(obstacle) for obstacle in obstacles]
    last = PolicyDecision.objects.filter(order=order).order_by("-id").first()
    if sent is None and last is not None and (last.reasons, last.policy_id) == (reasons, row.pk):
        return
    PolicyDecision.objects.create(
        order=order, policy=row, order_version=order.version, acknowledgement=sent, reasons=reasons, decided_at=now
    )
