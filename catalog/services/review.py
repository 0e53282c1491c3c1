from acorn.jobs.queue import enqueue


def ask_orders() -> None:
    """Costs or addresses have changed: let open orders be looked at again, once the caller's transaction is through.

    Safe to repeat: requests that wait are one.
    """
    enqueue("orders.review", dedupe_key="review")
