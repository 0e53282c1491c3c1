"""Who does something: a person, a token, or ACORN itself."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    USER = "USER"
    TOKEN = "TOKEN"  # noqa: S105 -- a kind of actor, not a secret
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Actor:
    """Travels from the entry point into every service that writes, and from there into the audit trail."""

    kind: ActorKind
    id: str
    label: str

    @classmethod
    def system(cls, name: str) -> "Actor":
        """ACORN itself, acting under the name of a task or command."""
        return cls(ActorKind.SYSTEM, name, name)


@dataclass(frozen=True, slots=True)
class Subject:
    """What something was done to, or is about: kind, opaque id, and the words a person knows it by."""

    kind: str
    id: str
    label: str
