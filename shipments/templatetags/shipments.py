"""How measures of shipments read."""

from decimal import Decimal

from django import template

from acorn.ui import formats

register = template.Library()


@register.filter
def kilograms(grams: int) -> str:
    """`1500` → `1.5`"""
    return formats.number((Decimal(grams) / 1000).normalize())


@register.filter
def cubic_metres(cubic_centimetres: int) -> str:
    """`1500000` → `1.5`"""
    return formats.number((Decimal(cubic_centimetres) / 1_000_000).quantize(Decimal("0.001")).normalize())
