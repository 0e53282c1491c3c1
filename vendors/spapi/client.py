"""One call to Amazon at a time: checked before it leaves, counted against the quota, recorded, and read strictly."""

import platform
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from vendors.spapi import operations
from vendors.spapi.answers import Answer, is_token_refused, rate_limit, read_payload
from vendors.spapi.auth import AccessToken, TokenProvider
from vendors.spapi.credentials import Credentials
from vendors.spapi.endpoints import Endpoints
from vendors.spapi.errors import AuthFailed, InvalidCall, SpApiError, Throttled, Unavailable
from vendors.spapi.exchange import Clock, Line, Recorder, perform
from vendors.spapi.operations import Operation
from vendors.spapi.redaction import Redactor
from vendors.spapi.throttle import BucketKey, Permit, Throttle
from vendors.spapi.transport import HttpRequest, HttpResponse, Transport


def user_agent(version: str) -> str:
    """ACORN/1.2 (Language=Python/3.12.1; Platform=Linux/6.1); Amazon refuses one of more than 500 characters."""
    system = f"{platform.system()}/{platform.release()}"
    python = ".".join(str(number) for number in sys.version_info[:3])
    return f"ACORN/{_plain(version, 60)} (Language=Python/{python}; Platform={_plain(system, 120)})"


class SpApiClient:
    """Amazon as one vendor group sees it. Keeps nothing between calls; safe to share between threads.

    Without `keeps_answers` the body of a good answer is not recorded: whoever calls keeps it elsewhere, whole.
    Every operation returns an Answer or raises: InvalidCall (our mistake), WrongEnvironment (nothing sent), Throttled (source
    "local": nothing sent), or another SpApiError. It never sleeps for the quota and never repeats a call, save once with a new
    token when Amazon says that the token is expired. Reads are safe to repeat; a POST is not if `error.maybe_processed`.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        endpoints: Endpoints,
        transport: Transport,
        throttle: Throttle,
        tokens: TokenProvider,
        clock: Clock,
        recorder: Recorder,
        agent: str = "",
        keeps_answers: bool = True,
    ) -> None:
        self._keeps_answers = keeps_answers
        self._credentials = credentials
        self._endpoints = endpoints
        self._throttle = throttle
        self._tokens = tokens
        self._line = Line(transport, clock, recorder, agent or user_agent("0"))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._credentials!r})"

    def now(self) -> datetime:
        """What time it is where Amazon's dates come from."""
        return self._line.clock()

    def get_purchase_orders(
        self,
        *,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        changed_after: datetime | None = None,
        changed_before: datetime | None = None,
        purchase_order_state: str | None = None,
        po_item_state: str | None = None,
        is_po_changed: bool | None = None,
        ordering_vendor_code: str | None = None,
        include_details: bool | None = None,
        sort_order: str | None = None,
        limit: int | None = None,
        next_token: str | None = None,
    ) -> Answer:
        """One page of orders: payload {"orders": […], "pagination": {…}}. Repeat the same filters with `next_token`."""
        query = {
            "createdAfter": created_after,
            "createdBefore": created_before,
            "changedAfter": changed_after,
            "changedBefore": changed_before,
            "purchaseOrderState": purchase_order_state,
            "poItemState": po_item_state,
            "isPOChanged": is_po_changed,
            "orderingVendorCode": ordering_vendor_code,
            "includeDetails": include_details,
            "sortOrder": sort_order,
            "limit": limit,
            "nextToken": next_token,
        }
        return self.call(operations.GET_PURCHASE_ORDERS, query=query)

    def get_purchase_order(self, purchase_order_number: str) -> Answer:
        """One order. Raises NotFound."""
        return self.call(operations.GET_PURCHASE_ORDER, segments={"purchaseOrderNumber": purchase_order_number})

    def get_purchase_orders_status(
        self,
        *,
        updated_after: datetime | None = None,
        updated_before: datetime | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        purchase_order_number: str | None = None,
        purchase_order_status: str | None = None,
        item_confirmation_status: str | None = None,
        item_receive_status: str | None = None,
        ordering_vendor_code: str | None = None,
        ship_to_party_id: str | None = None,
        sort_order: str | None = None,
        limit: int | None = None,
        next_token: str | None = None,
    ) -> Answer:
        """One page of statuses: payload {"ordersStatus": […], "pagination": {…}}. The window is by `updated`, not `changed`."""
        query = {
            "updatedAfter": updated_after,
            "updatedBefore": updated_before,
            "createdAfter": created_after,
            "createdBefore": created_before,
            "purchaseOrderNumber": purchase_order_number,
            "purchaseOrderStatus": purchase_order_status,
            "itemConfirmationStatus": item_confirmation_status,
            "itemReceiveStatus": item_receive_status,
            "orderingVendorCode": ordering_vendor_code,
            "shipToPartyId": ship_to_party_id,
            "sortOrder": sort_order,
            "limit": limit,
            "nextToken": next_token,
        }
        return self.call(operations.GET_PURCHASE_ORDERS_STATUS, query=query)

    def submit_acknowledgement(self, body: bytes) -> Answer:
        """Send the stored bytes of a document {"acknowledgements": […]}: payload {"transactionId": …}. Not safe to repeat blindly."""
        return self.call(operations.SUBMIT_ACKNOWLEDGEMENT, body=body)

    def get_shipment_details(
        self,
        *,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        vendor_shipment_identifier: str | None = None,
        buyer_reference_number: str | None = None,
        sort_order: str | None = None,
        limit: int | None = None,
        next_token: str | None = None,
    ) -> Answer:
        """One page of collect shipments: payload {"shipments": […], "pagination": {…}}. A page may be empty with a token."""
        query = {
            "createdAfter": created_after,
            "createdBefore": created_before,
            "vendorShipmentIdentifier": vendor_shipment_identifier,
            "buyerReferenceNumber": buyer_reference_number,
            "sortOrder": sort_order,
            "limit": limit,
            "nextToken": next_token,
        }
        return self.call(operations.GET_SHIPMENT_DETAILS, query=query)

    def get_shipment_labels(
        self,
        *,
        label_created_after: datetime | None = None,
        label_created_before: datetime | None = None,
        vendor_shipment_identifier: str | None = None,
        buyer_reference_number: str | None = None,
        limit: int | None = None,
        next_token: str | None = None,
    ) -> Answer:
        """One page of transport labels, base64 PDF: payload {"transportLabels": […], "pagination": {…}}."""
        query = {
            "labelCreatedAfter": label_created_after,
            "labelCreatedBefore": label_created_before,
            "vendorShipmentIdentifier": vendor_shipment_identifier,
            "buyerReferenceNumber": buyer_reference_number,
            "limit": limit,
            "nextToken": next_token,
        }
        return self.call(operations.GET_SHIPMENT_LABELS, query=query)

    def get_transaction(self, transaction_id: str) -> Answer:
        """Status of a submission: payload {"transactionStatus": {…}}. A fresh id may be NotFound for some minutes."""
        return self.call(operations.GET_TRANSACTION, segments={"transactionId": transaction_id})

    def prepare(self, operation: Operation) -> Permit:
        """Check the way, see to an access token, and take one request of the quota for the `call` that follows.

        What can fail before a document leaves fails here. Raises WrongEnvironment, AuthRevoked, AuthFailed, Unavailable,
        NetworkError, BadAnswer (all of the sign-in: nothing was sent to the operation), and Throttled (source "local").
        """
        self._endpoints.base_url(self._credentials.environment, self._credentials.region)
        self._tokens.access_token(self._credentials, self._line)
        return self._permit(operation)

    def call(
        self,
        operation: Operation,
        *,
        segments: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        body: bytes | None = None,
        permit: Permit | None = None,
    ) -> Answer:
        """Any operation of the table, in Amazon's own spelling; with a `permit` that `prepare` gave for this one call."""
        if operation.has_body != (body is not None):
            raise InvalidCall(f"{operation.name} {'needs a' if operation.has_body else 'takes no'} body")
        base = self._endpoints.base_url(self._credentials.environment, self._credentials.region)
        url = base + operation.target(segments or {}, query or {})
        token = self._tokens.access_token(self._credentials, self._line)
        try:
            return self._attempt(operation, url, body, token, permit)
        except SpApiError as refusal:
            if not is_token_refused(refusal):
                raise
        token = self._tokens.access_token(self._credentials, self._line, rejected=token)
        try:
            return self._attempt(operation, url, body, token)
        except SpApiError as refusal:
            if not is_token_refused(refusal):
                raise
            again = refusal
        facts: dict[str, Any] = {"status": again.status, "request_id": again.request_id, "issues": again.issues}
        error = AuthFailed("Amazon refuses even a new access token.", code="token_refused", **facts)
        error.exchange = again.exchange
        raise error

    def _permit(self, operation: Operation) -> Permit:
        permit = self._throttle.acquire(BucketKey.of(self._credentials, operation.name))
        if permit.wait_ms:
            raise Throttled(
                "Our share of the request quota is used up.",
                source="local",
                retry_after=permit.wait_ms / 1000,
                code="local",
            )
        return permit

    def _attempt(
        self, operation: Operation, url: str, body: bytes | None, token: AccessToken, given: Permit | None = None
    ) -> Answer:
        key = BucketKey.of(self._credentials, operation.name)
        request = HttpRequest(operation.method, url, self._headers(token), body)
        redactor = Redactor((*self._credentials.secrets, token.value))
        # the last look before it leaves: design § 1.10
        self._endpoints.check(self._credentials.environment, self._credentials.region, url)
        permit = given or self._permit(operation)
        answer, exchange, elapsed_ms = perform(
            self._line,
            self._credentials,
            request,
            operation=operation.name,
            redactor=redactor,
            read=lambda response: self._read(operation, key, permit, redactor, response),
            keeps_answer=self._keeps_answers,
        )
        return replace(answer, exchange=exchange, elapsed_ms=elapsed_ms)

    def _read(
        self, operation: Operation, key: BucketKey, permit: Permit, redactor: Redactor, response: HttpResponse
    ) -> Answer:
        limit = rate_limit(response)
        if limit is not None and limit != permit.rate:
            with suppress(Unavailable):  # an answer in hand is worth more than the quota's bookkeeping
                self._throttle.adjust(key, limit)
        try:
            return read_payload(response, envelope=operation.envelope, now=self._line.clock(), redactor=redactor)
        except Throttled as error:
            with suppress(Unavailable):
                error.retry_after = self._throttle.penalise(key, error.retry_after)
            raise

    def _headers(self, token: AccessToken) -> dict[str, str]:
        return {
            "x-amz-access-token": token.value,
            "x-amz-date": self._line.clock().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"),
            "User-Agent": self._line.agent,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }


def _plain(text: str, longest: int) -> str:
    return "".join(char for char in text if char.isascii() and char.isprintable() and char not in "()=;")[:longest]
