"""What comes of the files that bodies send: the words for it."""

from hub.law.term import Term, means


class ImportStatus(Term):
    """What has come of a file that a body sent to be imported."""

    WAITING = means("Received, and not yet imported.")
    APPLIED = means("Imported whole.")
    APPLIED_IN_PART = means("Imported, save what the report refuses, which waits in quarantine.")
    REFUSED = means("Refused whole, with nothing of it applied.")
    FAILED = means("Not imported, by a fault of the hub's own.")
