"""What advice, provision and the documents that go with a request may hold: asked before anything is kept."""

from collections.abc import Sequence

from hub.actions.checks import checked
from hub.db.advice import Advice, Attachment
from hub.errors import invalid
from hub.law.s37_provision import MINUTES_IN_A_WEEK, Specified
from hub.law.vocabulary import AdviceKind


def check_attachments(attachments: Sequence[Attachment], path: str = "attachments") -> None:
    """Raises `Problem` INVALID for a document that cannot be kept."""
    for place, document in enumerate(attachments):
        checked(document.title, path, str(place), "title")
        checked(document.media_type, path, str(place), "mediaType")


def check_advice(advice: Advice, *, of_body: bool = True) -> None:
    """Raises `Problem` INVALID for advice that cannot be kept. `of_body`: a body gives it, and not the family."""
    if not advice.says_something:
        raise invalid(
            "advice must say something of needs, provision or outcomes, or have a document", rule="advice-empty"
        )
    if of_body and advice.kind is AdviceKind.PARENT:
        raise invalid("the parent's advice is not a body's to give", rule="advice-kind", path=("kind",))
    for place, text in enumerate(advice.needs):
        checked(text, "needs", str(place))
    for place, text in enumerate(advice.outcomes):
        checked(text, "outcomes", str(place))
    for name, text in (("author", advice.author), ("registration", advice.registration)):
        checked(text or "", name)
    check_attachments(advice.documents, "documents")
    for place, each in enumerate(advice.provision):
        check_specified(each, "provision", str(place))


def check_specified(provision: Specified, *path: str) -> None:
    """Raises `Problem` INVALID for provision that cannot be kept."""
    for name, text in (
        ("description", provision.description),
        ("frequency", provision.frequency),
        ("deliveredBy", provision.delivered_by),
        ("qualification", provision.qualification),
        ("setting", provision.setting),
    ):
        checked(text or "", *path, name)
    minutes = provision.minutes_per_week
    if minutes is not None and not 0 <= minutes <= MINUTES_IN_A_WEEK:
        message = f"minutes in a week are from 0 to {MINUTES_IN_A_WEEK}"
        raise invalid(message, rule="minutes-per-week", path=(*path, "minutesPerWeek"))
