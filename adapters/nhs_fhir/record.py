"""What this face reads of the hub's record, for whom, and the note it leaves of having shown it.

A request that its own body retrieves is received: that is recorded first, so that what is shown is already so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from adapters.nhs_fhir.exchange import etag
from adapters.nhs_fhir.search_parameters import Token
from adapters.nhs_fhir.showing import Shown
from fhir_mappings import identifiers
from fhir_mappings.outcome import BadInput, Issue
from fhir_mappings.service_request import to_service_request
from fhir_mappings.task import to_task
from fhir_mappings.values import Json
from hub.actions.cooperation import receive
from hub.actions.transaction import Transaction
from hub.audit import Disclosure, Operation
from hub.db import cooperation, queries
from hub.db.beside import beside
from hub.db.cooperation import Recorded
from hub.db.queries import ChildIdentity, Organisation
from hub.db.sharing import Asking
from hub.law.decisions import Permit
from hub.law.interpretation import InvalidIdentifier, check_nhs_number
from hub.law.reg17_disclosure import Part, Purpose, Standing, decide


@dataclass(frozen=True, slots=True)
class Loaded:
    """A request with what its Task and ServiceRequest show beside it."""

    recorded: Recorded
    child: ChildIdentity
    requester: Organisation
    owner: Organisation
    advice: tuple[UUID, ...]
    advised_at: tuple[datetime | None, ...] = ()

    @property
    def known_child(self) -> ChildIdentity | None:
        """The child, where the caller may know who it is."""
        return self.child if Part.IDENTITY in self.child.parts else None

    @property
    def etag(self) -> str:
        return etag(self.recorded.version)

    def at(self, version: Recorded) -> "Loaded":
        """As it stood at that version, with the advice that had come by then, once the body had complied."""
        came = zip(self.advice, self.advised_at, strict=True) if version.request.complied_at else ()
        return replace(
            self,
            recorded=version,
            advice=tuple(each for each, at in came if at is not None and at <= version.updated_at),
            advised_at=(),
        )

    def task(self) -> Json:
        return to_task(
            self.recorded.request,
            version=self.recorded.version,
            updated_at=self.recorded.updated_at,
            child=self.known_child,
            requester=self.requester,
            owner=self.owner,
            outputs=[f"Composition/{each}" for each in self.advice],
        )

    def service_request(self) -> Json:
        return to_service_request(
            self.recorded.request,
            asked=self.recorded.asked,
            version=self.recorded.version,
            updated_at=self.recorded.updated_at,
            child=self.known_child,
            requester=self.requester,
            performer=self.owner,
        )


def asking(tx: Transaction) -> Asking:
    return Asking.of(tx.caller, tx.today, tx.now)


async def retrieve(tx: Transaction, request_ids: Collection[UUID]) -> list[Loaded]:
    """The requests as the caller may see them, in the order they were sent. For their own body this is receipt."""
    found = await cooperation.requests(tx.connection, asking(tx), ids=request_ids)
    unreceived = [
        each.request.id
        for each in found
        if each.request.addressed_to == tx.caller.organisation and each.request.received_at is None
    ]
    if unreceived:
        await receive(tx, unreceived)
        found = await cooperation.requests(tx.connection, asking(tx), ids=request_ids)
    return await load(tx, found)


async def load(tx: Transaction, found: Sequence[Recorded]) -> list[Loaded]:
    """With what stands beside the requests: one statement, for a hundred of them as for one."""
    there = await beside(tx.connection, asking(tx), [each.request.id for each in found])
    return [
        Loaded(each, known.child, known.requester, known.addressee, known.advice, known.advised_at)
        for each in found
        for known in [there[each.request.id]]
    ]


async def children_named(tx: Transaction, asked: Token) -> tuple[UUID, ...]:
    """The records of the child with this NHS number (which a bare number is) or unique pupil number."""
    match asked:
        case Token(None | identifiers.NHS_NUMBER, code):
            try:
                number = check_nhs_number(code)
            except InvalidIdentifier as error:
                raise BadInput(Issue(error.rule, error.message)) from error
            found = await queries.children_by_nhs_number(tx.connection, asking(tx), number)
        case Token(identifiers.UPN, code):
            found = await queries.children_by_upn(tx.connection, asking(tx), code)
        case _:
            message = "a child is found by NHS number or unique pupil number"
            raise BadInput(Issue("parameter-value", message, code="not-supported", status=400))
    return tuple(each.id for each in found)


@dataclass(slots=True)
class Showing:
    """Gathers what an answer shows of each child. Stored before the answer leaves, or the answer does not leave."""

    _shown: dict[tuple[UUID, UUID], set[Part]] = field(default_factory=lambda: defaultdict(set))
    _children: dict[tuple[UUID, UUID], ChildIdentity] = field(default_factory=dict[tuple[UUID, UUID], ChildIdentity])

    def note(self, child: ChildIdentity, *parts: Part) -> None:
        """That these parts of a child's record stand in the answer, if they are open; else that they were withheld."""
        key = (child.owner_id, child.id)
        self._children[key] = child
        self._shown[key] |= {Part.EXISTENCE, *parts}

    def note_all(self, shown: Iterable[Shown]) -> None:
        for each in shown:
            if each.child is not None:
                self.note(each.child, *each.parts, *each.withheld)

    async def store(self, tx: Transaction, operation: Operation) -> None:
        by_ground: dict[str, list[Disclosure]] = defaultdict(list)
        for key, parts in self._shown.items():
            child = self._children[key]
            shown, ground = _decided(frozenset(parts), child.standing, tx.caller.purpose)
            by_ground[ground].append(Disclosure(child.owner_id, child.id, shown, frozenset(parts) - shown))
        for ground, disclosures in by_ground.items():
            await tx.disclose(disclosures, operation=operation, ground=ground)


@lru_cache(maxsize=1_000)
def _decided(parts: frozenset[Part], standing: Standing, purpose: Purpose) -> tuple[frozenset[Part], str]:
    """Those of the parts that are open, and by which provisions."""
    decisions = {part: decide(part, standing, purpose) for part in parts}
    grounds = {each.rule for each in decisions.values() if isinstance(each, Permit)}
    return frozenset(part for part, decision in decisions.items() if decision), "; ".join(sorted(grounds))
