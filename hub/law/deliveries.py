"""The words for what the hub tells other systems by itself, and how each telling stands."""

from hub.law.term import Term, means


class ReceiverKind(Term):
    """In what form a receiver is told."""

    WEBHOOK = means("By a webhook, as Standard Webhooks 1.0 describes it.")
    FHIR_SUBSCRIPTION = means("By a rest-hook of a FHIR Subscription, as its topic-based backport describes it.")


class ReceiverStatus(Term):
    """Whether a receiver is told."""

    REQUESTED = means("It has not answered the handshake yet, and is told nothing before it does.")
    ACTIVE = means("It is told.")
    OFF = means("It is told nothing. What it missed waits, and is told once it is on again.")


class OffBecause(Term):
    """Why a receiver is off."""

    GONE = means("It answered 410: it wants to be told no more.")
    EXHAUSTED = means("For three days nothing could be delivered to it.")
    TURNED_OFF = means("Its body, or the operator, turned it off.")
    CLIENT_CANNOT_ACT = means("Its system is disabled, or the body that the system acts for has ended.")
    ENDED = means("The day came on which it was to end.")


class Content(Term):
    """How much a receiver is told. Never the thing itself: to read it may be receipt, which is for the receiver."""

    EMPTY = means("That something has happened, and nothing else.")
    ID_ONLY = means("What has happened, and the id of what it is about.")


class Telling(Term):
    """What a delivery tells."""

    EVENT = means("Something that was done.")
    HANDSHAKE = means("That the hub is about to tell, if the receiver agrees.")
    HEARTBEAT = means("That the hub is there, and that nothing was done.")
    TEST = means("That somebody tries whether the receiver can be reached.")


class DeliveryStatus(Term):
    """How a delivery stands."""

    WAITING = means("It is to be delivered, for the first time or again.")
    DELIVERED = means("The receiver has said that it has it.")
    WITHHELD = means("It was not told: what it is about does not exist for the receiver any more.")
    DEAD = means("It could not be delivered for three days. It can be replayed.")


class SecretKind(Term):
    """What a secret of a receiver is for."""

    HMAC_SHA256 = means("A secret shared with the receiver, which signs (Standard Webhooks v1).")
    ED25519 = means("A private key of the hub for this receiver, which signs (Standard Webhooks v1a).")
    HEADER = means("A header that the receiver asked to be sent, such as Authorization.")
