"""What a benchmark says: two numbers of one run, their ratio, and whether it keeps its budget."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """`ours` and `floor` are seconds, unless `unit` says otherwise; `budget` is the promise, in words."""

    name: str
    ours: float
    floor: float
    ratio: float
    budget: str
    is_kept: bool
    unit: str = "s"
    notes: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
