"""What Amazon demands of labels where, as dated data."""

import csv
from datetime import date

import pytest

from shipments.labels import LabelKind, Zone, find_template, list_templates
from shipments.labels.label import _DATA

SHENZHEN = {
    "name": "Acme Ltd", "address_line_1": "1058 Huaqiang Rd", "address_line_2": "", "city": "Shenzhen",
    "state_or_region": "Guangdong", "postal_code": "518000", "country_code": "CN", "phone": "+86 1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("marketplace", "on", "template"),
    [
        ("US", "2024-06-30", "NA-2016"), ("US", "2024-07-01", "NA-2024"), ("CA", "2030-01-01", "NA-2024"), ("US", "1999-01-01", "ANY"),
        ("DE", "2026-11-24", "EU-DE"), ("DE", "2020-12-31", "ANY"), ("IN", "2026-11-24", "ANY"), ("", "2026-11-24", "ANY"),
    ],
)  # fmt: skip
def test_the_template_of_a_day(marketplace: str, on: str, template: str) -> None:
    assert find_template(marketplace, date.fromisoformat(on)).id == template


def test_since_july_2024_a_carton_on_a_pallet_needs_its_plate_only() -> None:
    before, since = (find_template("US", date(2024, month, 1)).zones for month in (6, 7))

    assert since[LabelKind.CARTON_ON_PALLET] == {Zone.SSCC} < before[LabelKind.CARTON_ON_PALLET]
    assert Zone.SSCC in since[LabelKind.PALLET] - before[LabelKind.PALLET]
    assert since[LabelKind.CARTON] == before[LabelKind.CARTON] >= {Zone.FROM, Zone.TO, Zone.ORDER, Zone.SSCC}


@pytest.mark.parametrize(
    ("marketplace", "lines"),
    [
        ("US", ("Acme Ltd", "1058 Huaqiang Rd", "Shenzhen, Guangdong 518000", "CHINA")),
        ("DE", ("Acme Ltd", "1058 Huaqiang Rd", "518000 Shenzhen", "CHINA")),
        ("GB", ("Acme Ltd", "1058 Huaqiang Rd", "Shenzhen", "518000", "CHINA")),
        ("JP", ("518000", "GuangdongShenzhen", "1058 Huaqiang Rd", "Acme Ltd", "CHINA")),
    ],
)
def test_an_address_is_written_as_is_usual_there(marketplace: str, lines: tuple[str, ...]) -> None:
    assert find_template(marketplace, date(2026, 11, 24)).address_lines(SHENZHEN) == lines


@pytest.mark.parametrize("parts", [{}, {"city": None}, {"state_or_region": " "}, {"unknown": "x"}])
def test_missing_parts_leave_no_gap(parts: dict[str, str]) -> None:
    for template in list_templates():
        assert template.address_lines(parts) == ()
        assert template.address_lines({"name": "A {city} | B", "city": "C", **parts})[:1] != ("",)


def test_every_template_is_whole() -> None:
    with (_DATA / "label_words.csv").open(encoding="utf-8", newline="") as file:
        words = [row["word"] for row in csv.DictReader(file)]
    for template in list_templates():
        assert template.source
        assert len(template.id) <= 40
        assert set(template.zones) == set(LabelKind)
        assert all(template.word(word) for word in words)
    assert len({template.id for template in list_templates()}) == len(list_templates())
