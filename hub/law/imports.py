"""What comes of the files and messages that bodies send: the words for it, and how long what waits is kept."""

from collections.abc import Collection
from datetime import timedelta

from hub.law.term import Term, means


class ImportStatus(Term):
    """What has come of a file that a body sent to be imported."""

    WAITING = means("Received, and not yet imported.")
    APPLIED = means("Imported whole.")
    APPLIED_IN_PART = means("Imported, save what the report refuses, which waits in quarantine.")
    REFUSED = means("Refused whole, with nothing of it applied.")
    FAILED = means("Not imported, by a fault of the hub's own.")


class QuarantineForm(Term):
    """What an item of the quarantine is, and so how it is read again."""

    SEN2_PERSON = means("A person of a SEN2 return, as XML.")
    EXTRACT_ROWS = means("A child's rows of an extract of a case system, as JSON: by file, the cells by column.")
    STATEMENT_LINE = means("A line of a funder's statement: item, date, paid, spent.")
    FHIR_WRITE = means("A FHIR message, Bundle or resource, as JSON.")


class QuarantineResolution(Term):
    """How an item left the quarantine."""

    REPLAYED = means("It was taken in, as it came or as it was mended.")
    CAME_AGAIN = means("The same was taken in when it was sent again.")
    DISCARDED = means("A person put it aside for good, with a reason.")
    EXPIRED = means("Nobody decided for as long as the hub may keep it; its content is erased.")


class QuarantineStep(Term):
    """What was done with an item of the quarantine."""

    OPENED = means("A person read what it says.")
    MENDED = means("A person corrected what it says, or said which child it is about.")
    REFUSED_AGAIN = means("It was replayed, and could not be taken in.")
    REPLAYED = means("It was replayed, and taken in.")
    DISCARDED = means("It was put aside for good.")


class DiscardReason(Term):
    """Why a person puts an item of the quarantine aside for good."""

    SENT_AGAIN = means("The sender has sent it again, corrected.")
    RECORDED_BY_HAND = means("What it says was recorded another way.")
    NOT_OURS = means("It is about somebody or something that is not this body's.")
    SENT_IN_ERROR = means("The sender did not mean to send it.")
    CANNOT_BE_MENDED = means("Nobody can tell what is right.")


TELLS_NOT_WHO = frozenset({"identity-ambiguous", "upn-repeated"})
"""Rules that refuse a person because another may be the same: it takes a person's decision which child it is (UK GDPR
art. 5(1)(d): accuracy). Alone, the person would pass for the other."""

RESOLVED_KEPT_FOR = timedelta(days=90)
"""How long what was resolved can still be looked at (UK GDPR art. 5(1)(e): storage limitation)."""

WAITING_KEPT_FOR = timedelta(days=400)
"""How long what nobody decides on is kept: until after the next yearly return (UK GDPR art. 5(1)(e))."""


def needs_decision(rules: Collection[str]) -> bool:
    """Whether somebody must say which child this is, by the rules that refused it so far (UK GDPR art. 5(1)(d))."""
    return not TELLS_NOT_WHO.isdisjoint(rules)
