"""What the actions share: who asks, what is looked for, a refusal by law raised, and words that came from outside."""

from datetime import date
from typing import TypeVar
from uuid import UUID

from hub.actions.transaction import Transaction
from hub.db import queries
from hub.db.queries import ChildIdentity
from hub.db.sharing import Asking
from hub.errors import RefusedByLaw, forbidden, invalid, not_found
from hub.law.decisions import Decision, Refusal, Refuse
from hub.law.interpretation import InvalidIdentifier, check_text
from hub.law.vocabulary import OrganisationKind

LONGEST_TEXT = 20_000
T = TypeVar("T")


def asking(tx: Transaction) -> Asking:
    """Who asks, for the guard."""
    return Asking.of(tx.caller, tx.today, tx.now)


def lawful(*refusals: Refusal | None) -> None:
    """Raises `RefusedByLaw` with those that are refusals."""
    found = [each for each in refusals if each is not None]
    if found:
        raise RefusedByLaw(*found)


def allowed(answer: T | Refusal) -> T:
    """What the law answers; raises `RefusedByLaw` where that is a refusal."""
    if isinstance(answer, Refusal):
        raise RefusedByLaw(answer)
    return answer


def decided(decision: Decision, provision: str, *, path: str | None = None) -> None:
    """Raises `RefusedByLaw` where the law decides so."""
    if isinstance(decision, Refuse):
        raise RefusedByLaw(Refusal(provision, decision.rule, decision.reason, (path,) if path else ()))


def checked(text: str, *path: str) -> str:
    """The text; raises `Problem` INVALID where it is too long, or has characters that no text has."""
    try:
        check_text(text)
    except InvalidIdentifier as error:
        raise invalid(error.message, rule=error.rule, path=path) from error
    if len(text) > LONGEST_TEXT:
        raise invalid(f"at most {LONGEST_TEXT} characters", rule="text-too-long", path=path)
    return text


def must_exist(found: T | None, what: str) -> T:
    """What was looked for; raises `Problem` NOT_FOUND where there is none, or none that the caller may see."""
    if found is None:
        raise not_found(what)
    return found


async def child_of(tx: Transaction, child_id: UUID) -> ChildIdentity:
    """The child. For anyone without a relationship there is none."""
    return must_exist(await queries.child_by_id(tx.connection, asking(tx), child_id), "child")


async def own_child(tx: Transaction, child_id: UUID) -> ChildIdentity:
    """The child of the caller's own record."""
    child = await child_of(tx, child_id)
    if child.owner_id != tx.caller.organisation:
        raise forbidden("only the authority whose record it is may do this", rule="not-the-responsible-authority")
    return child


async def body_of(tx: Transaction, body_id: UUID) -> queries.Organisation:
    """The body, of any day."""
    return must_exist(await queries.organisation_by_id(tx.connection, body_id), "organisation")


async def body_in_force(tx: Transaction, body_id: UUID, *, on: date, path: str = "body") -> queries.Organisation:
    """The body, which exists on the day."""
    body = await body_of(tx, body_id)
    if not body.in_force(on):
        raise invalid("this body is not in force on that day", rule="body-not-in-force", path=(path,))
    return body


def must_be_responsible(tx: Transaction, owner_id: UUID) -> None:
    """Raises `RefusedByLaw` unless the caller is the authority that answers for the child."""
    if tx.caller.organisation_kind is not OrganisationKind.LOCAL_AUTHORITY or tx.caller.organisation != owner_id:
        message = "This is for the local authority that is responsible for the child or young person."
        raise RefusedByLaw(Refusal("CFA 2014 s. 24(1)", "not-the-responsible-authority", message))
