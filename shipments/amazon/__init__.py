"""The one place that knows Amazon's words for shipments: one module per direction."""

from shipments.amazon.confirmations import build_confirmation

__all__ = ["build_confirmation"]
