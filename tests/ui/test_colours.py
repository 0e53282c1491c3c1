"""WCAG AA, computed from the style sheet's own tokens, in light and in dark."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = (Path(settings.BASE_DIR) / "acorn/ui/static/ui/acorn.css").read_text()
TOKENS = dict(re.findall(r"--([\w-]+): light-dark\((#\w+, #\w+)\);", CSS))
GROUNDS = ("canvas", "surface", "raised", "sunken", "hover", "selected")
TONES = ("neutral", "blue", "green", "amber", "red", "violet")


def _colour(name: str, theme: int) -> str:
    return TOKENS[name].split(", ")[theme]


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    *((text, ground, 4.5) for text in ("text", "text-soft", "accent") for ground in GROUNDS),
    *((f"{tone}-text", f"{tone}-tint", 4.5) for tone in TONES),
    *((f"{tone}-text", ground, 4.5) for tone in ("amber", "red", "green") for ground in ("surface", "hover")),
    *(("text", f"{tone}-tint", 4.5) for tone in TONES),
    *((f"{tone}-mark", f"{tone}-tint", 3.0) for tone in TONES),
    *((f"{tone}-mark", "surface", 3.0) for tone in TONES),
    *((f"json-{part}", "sunken", 4.5) for part in ("key", "text", "value")),
    ("button-text", "button", 4.5), ("button-text", "button-hover", 4.5),
    ("line-strong", "surface", 3.0), ("ring", "canvas", 3.0), ("ring", "surface", 3.0),
]  # fmt: skip


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast_is_enough(front: str, back: str, least: float, theme: int) -> None:
    assert contrast(_colour(front, theme), _colour(back, theme)) >= least


def test_the_measure_itself() -> None:
    assert round(contrast("#ffffff", "#000000"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_every_tone_has_its_classes_and_a_shape_of_its_own() -> None:
    shapes = [re.search(rf"\.badge\.tone-{tone}::before {{ ([^}}]*) }}", CSS).group(1) for tone in TONES]  # type: ignore[union-attr]

    assert len(set(shapes)) == len(TONES)
    assert all(f".tone-{tone} {{ --tone-text: var(--{tone}-text)" in CSS for tone in TONES)
