"""ACORN's REST API as an outside program uses it."""

import json
from typing import Any

from django.test import Client


class ApiError(AssertionError):
    """An answer that the test did not expect."""


class Api:
    """One company's token. Each call says which status it expects; the answer comes back parsed."""

    def __init__(self, token: str) -> None:
        self._client = Client(headers={"Authorization": f"Bearer {token}"})

    def get(self, path: str, *, expect: int = 200, **query: Any) -> Any:
        return self._checked(self._client.get(f"/api/v1/{path}", query), expect)

    def download(self, path: str, *, accept: str = "*/*") -> bytes:
        """The bytes of a file."""
        answer = self._client.get(f"/api/v1/{path}", headers={"Accept": accept})
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.status_code != 200:
            raise ApiError(f"{answer.status_code} instead of 200: {content[:2000].decode()}")
        return content

    def post(self, path: str, body: Any = None, *, expect: int = 201, key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        answer = self._client.post(f"/api/v1/{path}", json.dumps(body or {}), "application/json", headers=headers)
        return self._checked(answer, expect)

    def patch(self, path: str, body: Any, *, expect: int = 200) -> Any:
        return self._checked(self._client.patch(f"/api/v1/{path}", json.dumps(body), "application/json"), expect)

    def put(self, path: str, body: Any, *, expect: int = 200) -> Any:
        return self._checked(self._client.put(f"/api/v1/{path}", json.dumps(body), "application/json"), expect)

    def delete(self, path: str, *, expect: int = 204) -> Any:
        return self._checked(self._client.delete(f"/api/v1/{path}"), expect)

    def every(self, path: str, **query: Any) -> list[Any]:
        """All rows of a list, page by page."""
        page = self.get(path, **query)
        rows = list(page["results"])
        while page["next"]:
            page = self._checked(self._client.get(page["next"]), 200)
            rows += page["results"]
        return rows

    @staticmethod
    def _checked(answer: Any, expect: int) -> Any:
        if answer.status_code != expect:
            raise ApiError(f"{answer.status_code} instead of {expect}: {answer.content[:2000].decode()}")
        return answer.json() if answer.content else None
