"""What is opened to a body beside the statute (reg. 17(1)): by decisions, consents, arrangements and broken glass.

All of it adds and nothing takes away, but for one thing: where a child is restricted, where it lives and whom to reach
is open to nobody but the authority whose record it is. An arrangement that rests on reg. 17(1)(a) adds only what the
authority's decision on this child takes over. Nothing is added for a body's own functions: a purpose is stated.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hub.law.reg17_consent import Consent
from hub.law.reg17_disclosure import Opener, Part, Purpose, Relationship, Standing
from hub.law.reg17_grounds import STATED, DisclosureDecision, Ground
from hub.law.s26_arrangements import Arrangement
from hub.law.safeguarding import BEHIND_GLASS, BrokenGlass
from hub.law.vocabulary import OrganisationKind

NEVER_IF_RESTRICTED: frozenset[Part] = frozenset({Part.CONTACTS})


@dataclass(frozen=True, slots=True)
class Asked:
    """Which body asks, for what, and when."""

    body: UUID
    kind: OrganisationKind
    purpose: Purpose
    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is on record about the disclosure of one child's record. The arrangements are those of its authority."""

    decisions: tuple[DisclosureDecision, ...] = ()
    consents: tuple[Consent, ...] = ()
    arrangements: tuple[Arrangement, ...] = ()
    glass: tuple[BrokenGlass, ...] = ()
    restricted: bool = False


def standing(recorded: Recorded, held: Collection[Relationship], asked: Asked) -> Standing:
    """How the body stands to the child: what it holds by statute, and what is added."""
    by_statute = frozenset(held) - {Relationship.DISCLOSED_TO}
    found = [*_added(recorded, by_statute, asked)] if asked.purpose in STATED else []
    if not found:
        return Standing(by_statute)
    parts = frozenset({Part.EXISTENCE}).union(*(parts for _, parts in found))
    is_kept = recorded.restricted and Relationship.RESPONSIBLE_AUTHORITY not in by_statute
    kept = NEVER_IF_RESTRICTED if is_kept else frozenset[Part]()
    return Standing(by_statute | {Relationship.DISCLOSED_TO}, parts - kept, frozenset(opener for opener, _ in found))


def _added(recorded: Recorded, held: frozenset[Relationship], asked: Asked) -> Iterator[tuple[Opener, frozenset[Part]]]:
    in_force = {each.id: each for each in recorded.arrangements if each.in_force_on(asked.day)}
    for decision in recorded.decisions:
        if _is_to(decision, held, asked) and decision.stands_on(asked.day):
            taken_over = in_force.get(decision.arrangement) if decision.arrangement is not None else None
            by_rules: list[tuple[Opener, frozenset[Part]]] = []
            if taken_over is not None and decision.ground is Ground.INTERESTS_OF_THE_CHILD:
                by_rules = [*_by_rules(taken_over, Ground.INTERESTS_OF_THE_CHILD, asked)]
            if decision.parts or by_rules:  # one that names nothing itself is worth what the arrangement still is
                yield Opener.DECISION, decision.parts
            yield from by_rules
    for consent in recorded.consents:
        if _is_to(consent, held, asked) and consent.stands_on(asked.day):
            yield Opener.CONSENT, consent.parts
    if Relationship.RESPONSIBLE_COMMISSIONER in held:
        for arrangement in in_force.values():
            yield from _by_rules(arrangement, Ground.STATUTE, asked)
    for glass in recorded.glass:
        if asked.purpose is Purpose.SAFEGUARDING and glass.body == asked.body and glass.stands_at(asked.at):
            yield Opener.BROKEN_GLASS, BEHIND_GLASS


def _is_to(opened: DisclosureDecision | Consent, held: frozenset[Relationship], asked: Asked) -> bool:
    provides = Relationship.PROVIDER in held or not opened.while_providing
    return asked.body in opened.recipients and asked.purpose in opened.purposes and provides


def _by_rules(arrangement: Arrangement, basis: Ground, asked: Asked) -> Iterator[tuple[Opener, frozenset[Part]]]:
    for rule in arrangement.rules:
        if rule.basis is basis and rule.is_for(asked.body, asked.kind, asked.purpose, asked.day):
            yield Opener.ARRANGEMENT, rule.opens
