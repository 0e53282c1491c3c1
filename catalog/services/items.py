"""Items: made, described, paused and brought back."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from acorn.audit import services as audit
from acorn.audit.models import AuditEvent
from acorn.core.actor import Actor, Subject
from acorn.core.errors import Invalid
from catalog import rules
from catalog.errors import ItemNotFound, SkuTaken
from catalog.models import Item
from catalog.services.identifiers import Outcome, clean_identifier, submit
from catalog.services.search import index_item
from catalog.types import ITEM, ItemStatus, NewIdentifier, ProposalAction

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_UNDO_WITHIN = timedelta(hours=24)
_MAX_NUMBER = 2_000_000_000
_NUMBERS = ("length_mm", "width_mm", "height_mm", "weight_g", "shelf_life_days")


@transaction.atomic
def create_item(
    *,
    sku: str,
    title: str = "",
    case_pack: int = 1,
    identifiers: Sequence[NewIdentifier] = (),
    reason: str = "",
    actor: Actor,
    person: str,
    now: datetime,
    **facts: Any,
) -> tuple[Item, list[Outcome]]:
    """A new item, and what became of each of its identifiers (see `propose_identifier`), in their order.

    `facts` are the other columns of an item that a person describes. All or nothing: raises Invalid, SkuTaken or
    IdentifierKnown (an identifier given twice).
    """
    clean = check_facts({"sku": sku, "title": title, "case_pack": case_pack} | facts)
    wanted = []
    wrong: dict[str, list[str | Promise]] = {}
    for place, each in enumerate(identifiers):
        try:
            wanted.append(clean_identifier(each))
        except Invalid as error:
            wrong |= {f"identifiers.{place}.{name}": texts for name, texts in error.fields.items()}
    if wrong:
        raise Invalid(fields=wrong)
    item = Item(created_at=now, changed_at=now, **clean)
    _save_new(item)
    audit.record("catalog.item_created", actor=actor, subject=subject_of(item), params={"sku": item.sku}, reason=reason)
    outcomes = submit(item, ProposalAction.ADD, wanted, reason=reason, actor=actor, person=person, now=now)
    index_item(item)
    return item, outcomes


@transaction.atomic
def change_item(*, public_id: str, reason: str = "", actor: Actor, now: datetime, **facts: Any) -> Item:
    """Describe an item anew; each fact that differs is audited. Safe to repeat. Raises ItemNotFound, Invalid, SkuTaken."""
    item = lock_item(public_id)
    changed = {name: value for name, value in check_facts(facts).items() if getattr(item, name) != value}
    if not changed:
        return item
    before = {name: getattr(item, name) for name in changed}
    for name, value in changed.items():
        setattr(item, name, value)
    item.changed_at = now
    try:
        with transaction.atomic():
            item.save(update_fields=[*changed, "changed_at"])
    except IntegrityError:
        raise _taken(changed["sku"]) from None
    for name, value in changed.items():
        if name == "status":
            _record_statuses({item.pk: (item, before[name], value)}, "", actor, reason)
            continue
        audit.record(
            "catalog.item_changed", actor=actor, subject=subject_of(item), reason=reason,
            params={"sku": item.sku, "field": name, "before": _plain(before[name]), "after": _plain(value)},
        )  # fmt: skip
    if {"sku", "title", "titles"} & changed.keys():
        index_item(item)
    return item


@transaction.atomic
def change_statuses(rows: QuerySet[Item], *, status: str, operation: str, actor: Actor, now: datetime) -> int:
    """Give many items a status; how many it was new for. Each is audited, under the id of this one operation.

    With that id `undo_statuses` brings the statuses back. Safe to repeat. Raises Invalid.
    """
    if status not in ItemStatus.values:
        raise Invalid(fields={"status": [_("Choose one of the states of items.")]})
    found = rows.order_by("pk").exclude(status=status).select_for_update(of=("self",), no_key=True)
    before = {item.pk: item for item in found.only("public_id", "sku", "status")}
    Item.objects.filter(pk__in=before).update(status=status, changed_at=now)
    _record_statuses({pk: (item, item.status, status) for pk, item in before.items()}, operation, actor)
    return len(before)


@transaction.atomic
def undo_statuses(*, operation: str, actor: Actor, now: datetime) -> int:
    """Bring back what `change_statuses` changed under this id and by this actor, where nobody changed it since.

    How many items. Safe to repeat: the second time nothing is left to bring back.
    """
    done = AuditEvent.objects.filter(
        actor_id=actor.id, code="catalog.item_status_changed", params__operation=operation, at__gte=now - _UNDO_WITHIN
    )
    earlier = {event.subject_id: event.params for event in done}
    found = Item.objects.select_for_update(no_key=True).filter(public_id__in=earlier).order_by("pk")
    moves = {
        item.pk: (item, item.status, earlier[item.public_id]["before"])
        for item in found.only("public_id", "sku", "status")
        if item.status == earlier[item.public_id]["after"]
    }
    for status in ItemStatus.values:
        back = [pk for pk, (_item, _now, before) in moves.items() if before == status]
        if back:
            Item.objects.filter(pk__in=back).update(status=status, changed_at=now)
    _record_statuses(moves, f"{operation}-undone", actor)
    return len(moves)


def _record_statuses(
    moves: Mapping[int, tuple[Item, str, str]], operation: str, actor: Actor, reason: str = ""
) -> None:
    audit.record_many(
        "catalog.item_status_changed",
        [
            audit.Entry(
                subject_of(item),
                {"sku": item.sku, "before": before, "after": after, "operation": operation},
            )
            for item, before, after in moves.values()
        ],
        actor=actor,
        reason=reason,
    )


def lock_item(public_id: str) -> Item:
    """An item, locked until the transaction ends. Raises ItemNotFound."""
    item = Item.objects.select_for_update(no_key=True).filter(public_id=public_id).first()
    if item is None:
        raise ItemNotFound
    return item


def subject_of(item: Item) -> Subject:
    return Subject(ITEM, item.public_id, item.sku)


def check_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts, trimmed. Raises Invalid with a sentence for each that is wrong, TypeError for what is no fact."""
    clean: dict[str, Any] = {}
    wrong: dict[str, list[str | Promise]] = {}
    for name, value in facts.items():
        clean[name], fault = _check_fact(name, value)
        if fault:
            wrong[name] = [fault]
    if wrong:
        raise Invalid(fields=wrong)
    return clean


def _check_fact(name: str, value: Any) -> tuple[Any, str | Promise]:
    """One fact as it is stored, and what is wrong with it."""
    if name == "sku":
        sku = rules.normalise_identifier("", value)
        return sku, "" if 1 <= len(sku) <= 60 and not rules.find_fault("", sku) else _(
            "Give a SKU of 1 to 60 characters."
        )
    if name == "title":
        title = " ".join(value.split())
        return title, "" if _is_text(title) else _("Use at most 300 characters.")
    if name == "titles":
        titles = {language: " ".join(text.split()) for language, text in value.items() if text.strip()}
        fine = all(_LANGUAGE.fullmatch(language) and _is_text(text) for language, text in titles.items())
        return titles, "" if fine and len(titles) <= 20 else _(
            "Give titles by language code, of at most 300 characters."
        )
    if name == "status":
        return value, "" if value in ItemStatus.values else _("Choose one of the states of items.")
    if name == "case_pack":
        return value, "" if 1 <= value <= _MAX_NUMBER else _("Give a whole number from 1.")
    if name in _NUMBERS:
        return value, "" if value is None or 1 <= value <= _MAX_NUMBER else _("Give a whole number from 1, or nothing.")
    if name == "origin_country":
        country = value.strip().upper()
        return country, "" if not country or country in rules.list_countries() else _(
            "Give the two letters of a country (ISO 3166)."
        )
    if name in ("tracks_lots", "tracks_expiry"):
        return bool(value), ""
    raise TypeError(f"an item has no fact called {name}")


def _is_text(text: str) -> bool:
    return len(text) <= 300 and "\x00" not in text


def _save_new(item: Item) -> None:
    try:
        with transaction.atomic():
            item.save(force_insert=True)
    except IntegrityError:
        raise _taken(item.sku) from None


def _taken(sku: str) -> SkuTaken:
    text = str(SkuTaken.message).format(sku=sku)
    return SkuTaken(fields={"sku": [text]}, sku=sku)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | None) else str(value)
