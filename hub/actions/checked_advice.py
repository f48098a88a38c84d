"""What advice and the documents that go with a request may hold: asked before anything is kept."""

from collections.abc import Sequence

from hub.actions.checks import checked
from hub.db.advice import Advice, Attachment
from hub.errors import invalid
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
        for name, text in (
            ("description", each.description),
            ("frequency", each.frequency),
            ("deliveredBy", each.delivered_by),
            ("qualification", each.qualification),
            ("setting", each.setting),
        ):
            checked(text or "", "provision", str(place), name)
        if each.minutes_per_week is not None and not 0 <= each.minutes_per_week <= 7 * 24 * 60:
            raise invalid(
                "minutes in a week", rule="minutes-per-week", path=("provision", str(place), "minutesPerWeek")
            )
