"""What a portal gives to be written into a draft: needs, outcomes and provision, new or changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from uuid import UUID

from hub.law.s37_provision import Planned
from hub.law.vocabulary import SectionCode

Ref: TypeAlias = UUID | str
"""A row that is in the plan, or the key by which the same request calls a new one."""


@dataclass(frozen=True, slots=True)
class FromAdvice:
    """A need or provision in advice, by its place there, counted from 1."""

    advice_id: UUID
    place: int


@dataclass(frozen=True, slots=True)
class GivenNeed:
    """A need as it is given. `id`: the one in the plan that is to read so; None: a new one, called `key`."""

    key: str
    id: UUID | None
    section: SectionCode
    description: str
    area: str | None = None
    sen_type: str | None = None
    rank: int | None = None
    from_advice: Sequence[FromAdvice] = ()


@dataclass(frozen=True, slots=True)
class GivenOutcome:
    """An outcome as it is given."""

    key: str
    id: UUID | None
    description: str
    by_when: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenProvision(Planned):
    """Provision as it is given, with the need it meets and the outcomes it serves."""

    id: UUID | None
    need: Ref | None = None
    outcomes: Sequence[Ref] = ()
    from_advice: Sequence[FromAdvice] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What is to be in the draft beside what is there. `agreement_by`: by when the commissioning bodies are asked to
    answer; `taken_out`: rows that are to go."""

    sections: Sequence[tuple[SectionCode, str]] = ()
    needs: Sequence[GivenNeed] = ()
    outcomes: Sequence[GivenOutcome] = ()
    provision: Sequence[GivenProvision] = ()
    taken_out: frozenset[UUID] = frozenset()
    agreement_by: date | None = None
