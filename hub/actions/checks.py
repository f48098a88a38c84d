"""What the actions share: who asks, a refusal by law raised, and words that came from outside."""

from uuid import UUID

from hub.actions.transaction import Transaction
from hub.db.sharing import Asking
from hub.errors import RefusedByLaw, invalid
from hub.law.decisions import Decision, Refusal, Refuse
from hub.law.interpretation import InvalidIdentifier, check_text
from hub.law.vocabulary import OrganisationKind

LONGEST_TEXT = 20_000


def asking(tx: Transaction) -> Asking:
    """Who asks, for the guard."""
    return Asking.of(tx.caller, tx.today, tx.now)


def lawful(*refusals: Refusal | None) -> None:
    """Raises `RefusedByLaw` with those that are refusals."""
    found = [each for each in refusals if each is not None]
    if found:
        raise RefusedByLaw(*found)


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


def must_be_responsible(tx: Transaction, owner_id: UUID) -> None:
    """Raises `RefusedByLaw` unless the caller is the authority that answers for the child."""
    if tx.caller.organisation_kind is not OrganisationKind.LOCAL_AUTHORITY or tx.caller.organisation != owner_id:
        message = "This is for the local authority that is responsible for the child or young person."
        raise RefusedByLaw(Refusal("CFA 2014 s. 24(1)", "not-the-responsible-authority", message))
