"""A carrier's parcel label as a small PDF, four by six inches, of lines of plain text."""

from __future__ import annotations

from collections.abc import Iterable

_WIDTH, _HEIGHT = 288, 432


def draw(lines: Iterable[str]) -> bytes:
    """One page with these lines; what Latin-1 does not know shows as a question mark."""
    marks = "".join(f"({_escape(line)}) Tj 0 -26 Td " for line in lines)
    content = f"BT /F1 16 Tf 18 {_HEIGHT - 42} Td {marks}ET 4 4 {_WIDTH - 8} {_HEIGHT - 8} re S".encode(
        "latin-1", "replace"
    )
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {_WIDTH} {_HEIGHT}]/Contents 4 0 R"
        "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>".encode(),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    )
    document, places = b"%PDF-1.4\n", []
    for number, entry in enumerate(objects, start=1):
        places.append(len(document))
        document += b"%d 0 obj%s endobj\n" % (number, entry)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    return document + head + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(document))


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
