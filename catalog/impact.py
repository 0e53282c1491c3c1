"""What a change of identifiers would touch: its blast radius, told by the apps above.

An app registers in `AppConfig.ready()` a function that takes identifier values (every way of writing each) and a
marketplace ("" = everywhere) and returns lines of the blast radius, each at a constant number of queries.
"""

from collections.abc import Callable, Sequence

from catalog.types import Impact

Measure = Callable[[Sequence[str], str], Sequence[Impact]]

_MEASURES: list[Measure] = []


def register(measure: Measure) -> None:
    """Add a function; the same one again changes nothing."""
    if measure not in _MEASURES:
        _MEASURES.append(measure)


def measure(values: Sequence[str], marketplace: str) -> list[Impact]:
    """Everything that lines with these identifiers in this marketplace would take along, in the order of registration."""
    return [impact for each in _MEASURES for impact in each(values, marketplace)]
