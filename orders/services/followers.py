"""Who wants to know that Amazon has received something: tasks of higher apps, by name."""

from collections.abc import Collection

from acorn.jobs.queue import enqueue

_FOLLOWERS: list[str] = []


def register_receipt_follower(task: str) -> None:
    """Enqueue the task, with `order_ids` and `raw_document_id`, whenever received quantities of orders have changed."""
    if task not in _FOLLOWERS:
        _FOLLOWERS.append(task)


def list_receipt_followers() -> list[str]:
    """The tasks that are told."""
    return list(_FOLLOWERS)


def tell_followers(order_ids: Collection[int], raw_document_id: int | None) -> None:
    """In the caller's transaction. The document is what Amazon said; None where a status had waited for its order."""
    for task in _FOLLOWERS if order_ids else ():
        enqueue(task, order_ids=sorted(order_ids), raw_document_id=raw_document_id)
