"""What the actions share: who asks, a refusal by law raised, and words that came from outside."""

from hub.actions.transaction import Transaction
from hub.db.sharing import Asking
from hub.errors import RefusedByLaw, invalid
from hub.law.decisions import Decision, Refusal, Refuse
from hub.law.interpretation import InvalidIdentifier, check_text

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
