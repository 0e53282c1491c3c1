"""What people decide about products without an item and about costs that are not the agreed ones."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from catalog.errors import IdentifierKnown
from catalog.services import create_item, propose_identifier
from catalog.types import IdentifierKind, NewIdentifier
from orders import selectors
from orders.models import CostDifference, UnmappedProduct
from orders.types import SUBJECT_KIND, CostChoice

# a suggestion below this is no match that could be taken unseen
SURE = 60


def name_of(product: UnmappedProduct) -> NewIdentifier:
    """The identifier by which a product's lines find their item: its ASIN in its marketplace, else its vendor SKU."""
    if product.asin:
        return NewIdentifier(IdentifierKind.ASIN, product.asin, product.marketplace)
    return NewIdentifier(IdentifierKind.VENDOR_SKU, product.vendor_sku, product.marketplace)


def choose_item(
    *, product: UnmappedProduct, item_public_id: str, reason: str, actor: Actor, person: str, now: datetime
) -> bool:
    """Give the item that is meant the product's identifier; whether it counts at once, or waits for a second person.

    Its lines follow as soon as it counts. Raises what `catalog.services.propose_identifier` raises.
    """
    outcome = propose_identifier(
        item_public_id=item_public_id, wanted=name_of(product), reason=reason, actor=actor, person=person, now=now
    )
    return outcome.proposal is None


def create_for(
    *, product: UnmappedProduct, sku: str, title: str, case_pack: int, actor: Actor, person: str, now: datetime
) -> bool:
    """A new item with the product's identifier; whether that counts at once. Raises what `create_item` raises."""
    _, (outcome,) = create_item(
        sku=sku, title=title, case_pack=case_pack, identifiers=[name_of(product)], actor=actor, person=person, now=now
    )
    return outcome.proposal is None


def choose_best(*, public_ids: Collection[str], reason: str, actor: Actor, person: str, now: datetime) -> int:
    """`choose_item` for each product with one sure suggestion; how many there were. Safe to repeat."""
    products = list(UnmappedProduct.objects.filter(public_id__in=public_ids).order_by("pk"))
    suggested = selectors.suggest_for(products)
    count = 0
    for product in products:
        sure = [each for each in suggested[product.pk] if each.score >= SURE]
        if len(sure) != 1:
            continue
        try:
            with transaction.atomic():
                choose_item(
                    product=product,
                    item_public_id=sure[0].item.public_id,
                    reason=reason,
                    actor=actor,
                    person=person,
                    now=now,
                )
        except IdentifierKnown:  # it waits for its second person already
            continue
        count += 1
    return count


@transaction.atomic
def choose_costs(*, public_ids: Collection[str], choice: CostChoice, actor: Actor, now: datetime) -> int:
    """Decide what to do about differences that are open; how many changed. Safe to repeat.

    ACCEPT: the line is answered at the order's cost. WRITE: the buyer was written to, and the line waits for a person.
    REJECT: the line's proposal is to reject it.
    """
    rows = list(
        CostDifference.objects.select_for_update(of=("self",), no_key=True)
        .select_related("order")
        .filter(public_id__in=public_ids, is_open=True)
        .exclude(choice=choice)
        .order_by("pk")
    )
    CostDifference.objects.filter(pk__in=[row.pk for row in rows]).update(
        choice=choice, chosen_at=now, chosen_by=actor.label[:200]
    )
    audit.record_many(
        "orders.cost_chosen",
        [
            audit.Entry(
                Subject(SUBJECT_KIND, row.order.public_id, row.order.number),
                {"number": row.order.number, "line": row.sequence, "choice": choice.value},
            )
            for row in rows
        ],
        actor=actor,
    )
    return len(rows)
