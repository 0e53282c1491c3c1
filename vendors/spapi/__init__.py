"""Amazon's Selling Partner API for vendors: plain Python on `requests`, no Django, no database.

`client.SpApiClient` makes one call at a time and never waits: whoever calls decides, with `backoff.retry_delay`, when to try again.
Every failure is a subclass of `errors.SpApiError`; every call, failed or not, reaches the recorder as an `exchange.ExchangeRecord`
from which secrets are already gone.
"""
