"""The control page."""

from __future__ import annotations

from simulator.amazon import Amazon
from simulator.http import Request, Response, html_response


def answer(_amazon: Amazon, _request: Request) -> Response:
    return html_response("<!doctype html><title>Simulator</title>")
