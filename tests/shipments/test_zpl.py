"""Labels for label printers: printed here by a small printer of our own, read back by an independent decoder."""

import pytest
from hypothesis import given, settings
from PIL import Image, ImageChops

from shipments.labels import LabelData, LabelKind, draw_pdf, draw_zpl, fonts, layout
from shipments.rules.sscc import Sscc
from tests.factories.labels import US, make_label, make_labels
from tests.shipments.test_labels import LABELS
from tests.support.barcodes import expected, read, render
from tests.support.zpl import Printed, print_labels


def _print(*labels: LabelData, dpi: int = 203) -> list[Printed]:
    return print_labels(b"".join(draw_zpl(labels, US, dpi=dpi)).decode("ascii"))


@pytest.mark.parametrize("dpi", [203, 300])
def test_every_barcode_is_what_the_label_says(dpi: int) -> None:
    labels = [
        make_label(0),
        make_label(1, purchase_orders=("12345678",), sscc=str(Sscc("9", "6901234567", 999_999))),
        make_label(2, purchase_orders=("4Z32PABC", "5Q88QWER", "12345678", "ABCDEFGH", "Z9Y8X7W6"), item_code="", item_title=""),
        make_label(3, kind=LabelKind.PALLET, purchase_orders=tuple(f"4Z32PA{number:02}" for number in range(40))),
        make_label(4, purchase_orders=("PO-2026/000017 a.b",)),
        *make_labels(40),
    ]  # fmt: skip

    for label, printed in zip(labels, _print(*labels, dpi=dpi), strict=True):
        orders = label.purchase_orders if len(label.purchase_orders) <= layout.MOST_BARCODES else ()
        assert printed.image.size == {203: (812, 1218), 300: (1200, 1800)}[dpi]
        assert read(printed.image) == expected(label.sscc, *orders)


def test_the_number_is_told_to_the_printer_symbol_by_symbol() -> None:
    (printed,) = _print(make_label(123456789))

    assert [told for _module, told in printed.barcodes] == [">:4Z32PABC", ">;>800006141411234567890"]
    assert [module for module, _told in printed.barcodes] == [4, 4]


def test_texts_are_those_of_the_label() -> None:
    (printed,) = _print(make_label(pro_number="^XA~JR_41\\&", item_title="plain"))
    texts = [text for *_place, text in printed.texts]

    for told in (
        "PHX6",
        "4Z32PABC",
        "Phoenix, AZ 85043-4428",
        "1 of 5000",
        "^XA~JR_41\\&",
        "(00) 0 0614141 000000000 5",
    ):
        assert told in texts


def test_other_scripts_are_pictures_of_the_same_letters() -> None:
    """Beside the PDF: the same ink in the same place, but for the edges of letters."""
    title = "不锈钢电热水壶 Łódź чайник"
    label = make_label(item_title=title)
    (printed,) = _print(label, dpi=300)
    (page,) = render(b"".join(draw_pdf([label], US)))

    assert len(printed.pictures) == 2
    for x, y, picture in printed.pictures:
        ours = picture.convert("L")
        theirs = ImageChops.invert(page.crop((x, y, x + picture.width, y + picture.height)))
        assert _ink(ours) == pytest.approx(_ink(theirs), rel=0.1)
        apart = ImageChops.subtract(_coarse(ours), _coarse(theirs))
        assert max(apart.get_flattened_data()) < 110


def _ink(image: Image.Image) -> float:
    return sum(image.get_flattened_data()) / 255


def _coarse(image: Image.Image) -> Image.Image:
    return image.resize((max(image.width // 8, 1), max(image.height // 8, 1)), Image.Resampling.BOX)


@given(label=LABELS)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_whatever_is_on_it_the_printer_understands_it(label: LabelData) -> None:
    (printed,) = _print(label)

    assert ("]C1", f"00{label.sscc}") in read(printed.image)
    for x, y, high, wide, text in printed.texts:
        assert text.isascii()
        assert wide < high
        # no wider than what was measured in points, by the font's own ratio of a tenth less
        assert x >= 22
        assert x + fonts.width(text, wide) <= 812 - 22 + 1
        assert 22 <= y <= 1218 - 22
    for x, y, picture in printed.pictures:
        assert x >= 22
        assert y >= 22
        assert x + picture.width <= 812 - 20
        assert y + picture.height <= 1218 - 22


def test_another_resolution_is_refused() -> None:
    with pytest.raises(KeyError):
        list(draw_zpl([make_label()], US, dpi=600))


def test_each_piece_is_a_whole_label() -> None:
    pieces = list(draw_zpl(make_labels(3), US))

    assert [len(print_labels(piece.decode())) for piece in pieces] == [1, 1, 1]
