"""ASNs: made with the departure, handed to the outbox at their moment, corrected, replaced, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from acorn.accounts.types import Role
from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.work.services import close_item, open_item
from orders.models import PurchaseOrderLine
from orders.types import FreightTerms
from shipments import amazon, rules, tables
from shipments.errors import AsnNotFound, ReplaceRefused
from shipments.models import Asn, Shipment, ShipmentEvent, ShippedLine
from shipments.rules import Box, Due, LineKey, Notice, Replacing
from shipments.selectors.departures import load_departures
from shipments.services.checks import find
from shipments.services.packing import lock_shipments
from shipments.services.shipped import report_shipped
from shipments.types import ASN_BLOCKED, ASN_KIND, ASN_SUBJECT, AsnState, AsnType
from vendors import gateway
from vendors.errors import ConnectionArchived
from vendors.models import Connection, Submission
from vendors.selectors import now_at
from vendors.services import settle_unknown, submit
from vendors.types import RuleFinding, Severity, SubmissionState

ACTOR = Actor.system("shipments.asn")
# replacements of a document whose outcome nobody knows, until a person is asked
_MOST_BLIND = 3
_ON_ITS_WAY = (SubmissionState.READY, SubmissionState.HELD, SubmissionState.SENDING, SubmissionState.UNKNOWN)
_DEAD = (SubmissionState.REJECTED, SubmissionState.FAILED, SubmissionState.CANCELLED)
_ARRIVED_AT_AMAZON = (
    SubmissionState.SENT, SubmissionState.PROCESSING, SubmissionState.PRESUMED_ACCEPTED, SubmissionState.VERIFIED,
)  # fmt: skip


def subject_of(asn: Asn) -> Subject:
    """How submissions, work items and the audit trail name an ASN: as one thing, however often it was replaced."""
    first = Asn.objects.filter(identifier=asn.identifier).order_by("pk").values_list("public_id", flat=True).first()
    return Subject(ASN_SUBJECT, first or asn.public_id, asn.identifier)


def make_asn(
    shipment: Shipment,
    notice: Notice,
    *,
    type: AsnType,
    due: Due | None,
    findings: Sequence[RuleFinding],
    actor: Actor,
    at: datetime,
    now: datetime,
) -> Asn:
    """A row that says what is, or was, told; nothing leaves. `at` is now by Amazon's clock."""
    return Asn.objects.create(
        shipment=shipment, identifier=notice.identifier, type=type, structure=notice.structure, content=notice.stored(),
        carton_count=len(notice.boxes), eaches=sum(notice.quantities.values()), due_at=at,
        deadline_at=due.at if due else None, clock_rule=due.rule if due else "", findings=_kept(findings),
        created_at=now, actor_label=actor.label[:200],
    )  # fmt: skip


def hand_over(asn: Asn, findings: Sequence[RuleFinding], *, actor: Actor, now: datetime) -> bool:
    """Give an ASN to the outbox, in the caller's transaction; False where it waits for what Amazon would refuse.

    It leaves at once, with the connection that the vendor group has now. Where there is none it waits, and the next look
    at what is due tries again. Safe to repeat: the same state of an ASN is one document.
    """
    shipment = asn.shipment
    blocking = rules.stops_notice(findings)
    asn.findings = _kept(findings)
    if blocking:
        asn.state = AsnState.BLOCKED
        asn.save(update_fields=["state", "findings"])
        params = {"identifier": asn.identifier, "rules": ", ".join(finding.rule for finding in blocking)}
        open_item(
            ASN_BLOCKED,
            subject=subject_of(asn),
            params=params,
            deadline_at=asn.deadline_at,
            role=Role.OPERATIONS,
            now=now,
        )
        return False
    connection = _connection_of(shipment)
    at = now_at(connection, now)
    body = amazon.build_confirmation(Notice.from_stored(asn.content), type=AsnType(asn.type), at=at)
    try:
        row = submit(
            ASN_KIND, connection_id=connection.pk, subject=subject_of(asn), body=body, key=_key(asn), findings=[
                finding for finding in findings if finding.severity != Severity.BLOCK
            ], actor=actor, now=now,
        )  # fmt: skip
    except ConnectionArchived:
        asn.state = AsnState.WAITING
        asn.save(update_fields=["state", "findings"])
        return False
    asn.submission, asn.state, asn.handed_at = row, AsnState.HANDED_OVER, at
    asn.save(update_fields=["submission", "state", "handed_at", "findings"])
    close_item(ASN_BLOCKED, dedupe_key=subject_of(asn).id, actor=actor, now=now)
    _note(asn, "shipments.asn_handed_over", actor=actor, now=now)
    return True


def send_due(*, asn_id: int, now: datetime) -> None:
    """Try again to hand over an ASN that waits, or that Amazon would have refused. Safe to repeat."""
    with transaction.atomic():
        asn = _lock(pk=asn_id)
        if asn.state in (AsnState.WAITING, AsnState.BLOCKED) and asn.submission_id is None:
            findings = _check(asn, Notice.from_stored(asn.content), now)
            hand_over(asn, findings, actor=ACTOR, now=now)


# --- correcting and replacing -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Correction:
    """What is otherwise than an ASN says. `cartons` are by SSCC: what is really in each, in eaches by order line.

    A carton with nothing in it was not on the truck; one that is not named is as it was. None, or an empty text, leaves
    the rest as it is.
    """

    cartons: Mapping[str, Mapping[LineKey, int]]
    estimated_delivery_at: datetime | None = None
    carrier_scac: str = ""
    pro_number: str = ""
    bol_number: str = ""
    amazon_reference_number: str = ""
    tracking_numbers: Mapping[str, str] | None = None


@transaction.atomic
def correct_asn(*, public_id: str, correction: Correction, reason: str, actor: Actor, now: datetime) -> Asn:
    """Say what was really on the truck: before the ASN has reached Amazon in place, afterwards by a replacement.

    A replacement has the same identifier and takes goods out only, within Amazon's period and before arrival: else
    ReplaceRefused says what stands against it and what to do instead. The shipped quantities follow; stock that turns
    out to be in the house is put right by a count. An ASN that Amazon refused is told anew. Raises AsnNotFound.
    """
    asn = _lock(public_id=public_id)
    latest = Asn.objects.filter(identifier=asn.identifier).exclude(state=AsnState.CANCELLED).order_by("-pk").first()
    asn = latest or asn
    before = Notice.from_stored(asn.content)
    after = _corrected(before, correction)
    shipment = asn.shipment
    at = now_at(shipment.connection, now)
    is_told = asn.submission is not None and asn.submission.state not in _DEAD
    _refuse(
        Replacing(
            before=before, after=after, now=at, first_at=_first_at(asn) if is_told else None,
            arrived_at=shipment.arrived_at if is_told else None, period_days=_period(shipment, at),
            is_settled=asn.submission is None or asn.submission.state not in _ON_ITS_WAY,
        )
    )  # fmt: skip
    findings = _check(asn, after, now)
    _note(asn, "shipments.asn_corrected", reason=reason, actor=actor, now=now)
    audit.record(
        "shipments.asn_corrected", subject=subject_of(asn), actor=actor, reason=reason,
        params={"identifier": asn.identifier, "eaches": sum(after.quantities.values())},
    )  # fmt: skip
    _follow_goods(shipment, before, after, actor, now)
    if is_told:
        new = make_asn(
            shipment, after, type=AsnType.REPLACE, due=None, findings=findings, actor=actor, at=at, now=now
        )  # fmt: skip
        Asn.objects.filter(identifier=asn.identifier, state=AsnState.HANDED_OVER).update(state=AsnState.REPLACED)
        asn = new
    else:
        asn.content, asn.submission = after.stored(), None
        asn.carton_count, asn.eaches = len(after.boxes), sum(after.quantities.values())
        asn.save(update_fields=["content", "submission", "carton_count", "eaches"])
    hand_over(asn, findings, actor=actor, now=now)
    return asn


def replace_unknown(*, submission_id: int, now: datetime) -> None:
    """Nobody knows whether Amazon has an ASN: tell it the same as a replacement, under the same identifier.

    A few times; then it stays with the person whom the outbox asks. Safe to repeat: the second finds another state.
    """
    with transaction.atomic():
        asn = _find(submission_id)
        if asn is None or asn.submission is None or asn.submission.state != SubmissionState.UNKNOWN:
            return
        blind = Asn.objects.filter(identifier=asn.identifier, type=AsnType.REPLACE).count()
        if asn.state != AsnState.HANDED_OVER or blind >= _MOST_BLIND:
            return
        at = now_at(asn.shipment.connection, now)
        new = make_asn(
            asn.shipment, Notice.from_stored(asn.content), type=AsnType.REPLACE, due=None,
            findings=[RuleFinding.from_stored(row) for row in asn.findings], actor=ACTOR, at=at, now=now,
        )  # fmt: skip
        if hand_over(new, [RuleFinding.from_stored(row) for row in asn.findings], actor=ACTOR, now=now):
            Asn.objects.filter(pk=asn.pk).update(state=AsnState.REPLACED)
            _note(new, "shipments.asn_replaced_blindly", actor=ACTOR, now=now)
            # the outbox looks at the old one again, and finds the new one in its place
            settle_unknown(submission_id, taken=False, by="shipments.replace", now=now, actor=ACTOR)


# --- what became of it ------------------------------------------------------------------------------------------------


@transaction.atomic
def follow_submission(*, submission_id: int, now: datetime) -> None:
    """The document of an ASN is in another state: the ASN follows. Safe to repeat.

    Once Amazon has it, whether that was in time is written down, with the cause where not. What Amazon refuses waits for
    a correction; only a replacement that was sent blindly gives way to its original: there was nothing to replace.
    """
    asn = _find(submission_id)
    if asn is None or asn.submission is None:
        return
    asn = _lock(pk=asn.pk)
    submission = asn.submission
    assert submission is not None  # noqa: S101 -- looked at a line above
    state = SubmissionState(submission.state)
    if state in _ARRIVED_AT_AMAZON:
        _judge_time(asn, submission)
        if asn.state == AsnState.BLOCKED:
            _move(asn, AsnState.HANDED_OVER)
    elif state in (SubmissionState.REJECTED, SubmissionState.FAILED) and asn.state == AsnState.HANDED_OVER:
        if asn.type == AsnType.REPLACE and state == SubmissionState.REJECTED and _tell_original(asn, now):
            return
        _move(asn, AsnState.BLOCKED)
        params = {"identifier": asn.identifier, "amazon": _amazons_words(submission)}
        # the outbox asks a person
        _note(asn, "shipments.asn_refused", params=params, actor=ACTOR, now=now)
    elif state in _ON_ITS_WAY and asn.state == AsnState.BLOCKED:
        # a person has it sent again as it is
        _move(asn, AsnState.HANDED_OVER)


def read_back(*, submission_id: int, now: datetime) -> bool:
    """Look whether Amazon shows a collect shipment as shipped: then it has the ASN whose outcome nobody knew.

    Only where one ASN tells the shipment. True once that is settled. Talks to Amazon outside any transaction; safe to
    repeat. Raises vendors.errors.AmazonError.
    """
    asn = _find(submission_id)
    if asn is None or asn.submission is None or asn.submission.state != SubmissionState.UNKNOWN:
        return False
    shipment = asn.shipment
    if shipment.freight_terms != FreightTerms.COLLECT or shipment.asns.values("identifier").distinct().count() > 1:
        return False
    connection = _connection_of(shipment)
    answer, details = amazon.fetch_details(gateway.client_for(connection), shipment.number)
    if details is None or details.status != amazon.SHIPPED:
        return False
    return settle_unknown(
        submission_id, taken=True, by="shipment-details", exchange_id=str(answer.exchange or ""), now=now
    )


def _tell_original(asn: Asn, now: datetime) -> bool:
    """A replacement sent blindly was refused: the original has never arrived, and is told as what it is. Once."""
    original = (
        Asn.objects.filter(identifier=asn.identifier, type=AsnType.ORIGINAL)
        .select_related("submission", "shipment__connection")
        .first()
    )
    if original is None or original.submission is None or original.submission.sent_at is not None:
        return False
    if original.state != AsnState.REPLACED or ":again" in original.submission.key:
        return False
    _move(asn, AsnState.CANCELLED)
    findings = [RuleFinding.from_stored(row) for row in original.findings]
    if hand_over(original, findings, actor=ACTOR, now=now):
        _note(original, "shipments.asn_original_again", actor=ACTOR, now=now)
    return True


def _judge_time(asn: Asn, submission: Submission) -> None:
    """Whether Amazon had it in time, by its own clock; with the cause if not, once."""
    if asn.late_code or asn.deadline_at is None or asn.type != AsnType.ORIGINAL or submission.sent_at is None:
        return
    sent_at = now_at(asn.shipment.connection, submission.sent_at)
    if sent_at <= asn.deadline_at:
        return
    minutes = int((sent_at - asn.deadline_at).total_seconds() // 60)
    blocked = [row["rule"] for row in asn.findings if row["severity"] == Severity.BLOCK]
    was_blocked = (
        ShipmentEvent.objects.filter(shipment=asn.shipment, code="shipments.asn_corrected").exists() or blocked
    )
    made_at = now_at(asn.shipment.connection, asn.created_at)
    if was_blocked:
        code = "shipments.late_blocked"
    elif made_at > asn.deadline_at:
        code = "shipments.late_departure_told_late"
    else:
        code = "shipments.late_sending"
    asn.late_code, asn.late_params = code, {"minutes": minutes, "rule": asn.clock_rule}
    asn.save(update_fields=["late_code", "late_params"])
    _note(asn, code, params=dict(asn.late_params), actor=ACTOR, now=submission.sent_at)


def _corrected(before: Notice, correction: Correction) -> Notice:
    boxes = []
    for box in before.boxes:
        tracking = (correction.tracking_numbers or {}).get(box.sscc)
        box = replace(box, tracking_number=tracking or box.tracking_number)
        boxes.append(_refilled(box, correction.cartons[box.sscc]) if box.sscc in correction.cartons else box)
    given: dict[str, Any] = {
        "carrier_scac": correction.carrier_scac.upper(), "pro_number": correction.pro_number,
        "bol_number": correction.bol_number, "amazon_reference_number": correction.amazon_reference_number,
        "estimated_at": correction.estimated_delivery_at,
    }  # fmt: skip
    transport = replace(before.transport, **{name: value for name, value in given.items() if value})
    return replace(before.with_boxes(boxes), transport=transport)


def _refilled(box: Box, really: Mapping[LineKey, int]) -> Box:
    """The carton with so many eaches of each line; several lots of a line are filled in their order."""
    left = dict(really)
    goods = []
    for each in box.goods:
        eaches = min(each.eaches, left.get(each.line, 0))
        left[each.line] = left.get(each.line, 0) - eaches
        if eaches:
            goods.append(replace(each, eaches=eaches))
    for place, each in enumerate(goods):
        # more than there was is for the rules to refuse
        if left.get(each.line, 0) > 0:
            goods[place] = replace(each, eaches=each.eaches + left.pop(each.line))
    return replace(box, goods=tuple(goods))


def _refuse(asked: Replacing) -> None:
    if obstacles := rules.find_obstacles(asked):
        raise ReplaceRefused([RuleFinding(each.code, Severity.BLOCK, each.code, "", each.params) for each in obstacles])


def _follow_goods(shipment: Shipment, before: Notice, after: Notice, actor: Actor, now: datetime) -> None:
    """What was not on the truck was not shipped: the lines of the shipment, and the orders, have less."""
    was, is_now = before.quantities, after.quantities
    changed = {key: was[key] - is_now.get(key, 0) for key in was if was[key] != is_now.get(key, 0)}
    if not changed:
        return
    wanted = Q()
    for key in changed:
        wanted |= Q(line__order__number=key.order, line__sequence=key.sequence)
    rows = ShippedLine.objects.filter(wanted, shipment=shipment).select_related("line__order")
    lines: list[PurchaseOrderLine] = []
    for row in rows:
        row.shipped_eaches -= changed[LineKey(row.line.order.number, row.line.sequence)]
        row.save(update_fields=["shipped_eaches"])
        lines.append(row.line)
    report_shipped(lines, actor=actor, now=now)


def _check(asn: Asn, notice: Notice, now: datetime) -> list[RuleFinding]:
    """What is to be said about an ASN of goods that have left: as when they did, with what it says now."""
    (departure,) = load_departures([asn.shipment], now=now, transport=notice.transport)
    facts = replace(departure.facts, notice=notice, deadline_at=asn.deadline_at)
    return find(replace(departure, facts=facts))


def _first_at(asn: Asn) -> datetime | None:
    """When Amazon took the original, by its clock."""
    rows = Asn.objects.filter(identifier=asn.identifier, submission__sent_at__isnull=False).order_by("pk")
    first = rows.select_related("submission").first()
    if first is None or first.submission is None or first.submission.sent_at is None:
        return None
    return now_at(asn.shipment.connection, first.submission.sent_at)


def _period(shipment: Shipment, at: datetime) -> int:
    terms = rules.choose_terms(
        tables.asn_rules(), marketplace=shipment.marketplace, region=shipment.connection.region,
        freight=rules.freight_of(shipment.mode), terms=shipment.freight_terms, on=at.date(),
    )  # fmt: skip
    return rules.values_of(terms)["REPLACE_PERIOD"]


def _connection_of(shipment: Shipment) -> Connection:
    """Through which the vendor group talks now; the shipment's own where none does."""
    return Connection.objects.filter(group_id=shipment.group_id, archived_at=None).first() or shipment.connection


def _key(asn: Asn) -> str:
    """One document for each state of an ASN that leaves."""
    told = Submission.objects.filter(key__startswith=f"{ASN_KIND}:{asn.public_id}").count()
    return f"{ASN_KIND}:{asn.public_id}" + (f":again{told}" if told else "")


def _kept(findings: Sequence[RuleFinding]) -> list[dict[str, object]]:
    """What counts as a fault of an ASN: it holds, or it costs."""
    return [finding.stored() for finding in findings if finding.severity != Severity.WARN or finding.at_risk]


def _amazons_words(submission: Submission) -> str:
    return "; ".join(str(error.get("message") or error.get("code", "")) for error in submission.errors)[:500]


def _find(submission_id: int) -> Asn | None:
    found = Asn.objects.filter(submission_id=submission_id).select_related("submission", "shipment__connection")
    return found.first()


def _lock(**which: object) -> Asn:
    """An ASN, locked behind its shipment and the orders of that."""
    found = Asn.objects.filter(**which).values_list("pk", "shipment__public_id").first()
    if found is None:
        raise AsnNotFound
    lock_shipments([found[1]])
    rows = Asn.objects.select_related("submission", "shipment__connection", "shipment__warehouse")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=found[0])


def _move(asn: Asn, state: AsnState) -> None:
    asn.state = state
    asn.save(update_fields=["state"])


def _note(
    asn: Asn,
    code: str,
    *,
    params: Mapping[str, object] | None = None,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    ShipmentEvent.objects.create(
        shipment=asn.shipment, at=now, code=code, params={"identifier": asn.identifier, **(params or {})},
        reason=reason[:300], actor_label=actor.label[:200],
    )  # fmt: skip
