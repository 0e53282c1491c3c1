"""Reads barcodes as a scanner does: by a decoder that knows nothing of how they were drawn."""

from collections.abc import Iterator
from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image

GS1, PLAIN = "]C1", "]C0"


def render(pdf: bytes, *, dpi: float = 300, every: int = 1) -> Iterator[Image.Image]:
    """Each page, or each so many-th, as a printer of that resolution would draw it."""
    document = pypdfium2.PdfDocument(pdf)
    for number in range(0, len(document), every):
        yield document[number].render(scale=dpi / 72).to_pil().convert("L")


def read(image: Any) -> list[tuple[str, str]]:
    """Every barcode of a picture, sorted: symbology identifier (`]C1` is GS1-128) and what is in it, without brackets."""
    found = zxingcpp.read_barcodes(image, text_mode=zxingcpp.TextMode.Plain)
    return sorted((code.symbology_identifier, code.text) for code in found)


def expected(sscc: str, *orders: str) -> list[tuple[str, str]]:
    """What `read` gives for a label of this number and these orders."""
    return sorted([(GS1, f"00{sscc}"), *((PLAIN, order) for order in orders)])
