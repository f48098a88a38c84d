"""Broken glass (Children Act 1989 s. 47, Children Act 2004 s. 11). What a body sees at once that must keep a child from
harm, and for how long."""

from datetime import timedelta

from hub.law.reg17_disclosure import Part, Purpose
from hub.law.safeguarding import (
    BEHIND_GLASS,
    BREAK_GLASS_FOR,
    SAFEGUARDING_BODIES,
    Alerted,
    BrokenGlass,
    refuse_acknowledgement,
    refuse_to_break,
)
from hub.law.vocabulary import OrganisationKind
from tests.law.cases import NOW, TRUST


def test_glass_is_broken_for_safeguarding_alone() -> None:
    """A body states the purpose SAFEGUARDING, which is never a default; for no other may it break the glass."""
    for purpose in Purpose:
        refusal = refuse_to_break(OrganisationKind.NHS_TRUST, purpose, "Brought in unconscious, nobody with the child.")
        assert (refusal is None) == (purpose is Purpose.SAFEGUARDING)
        assert refusal is None or refusal.rule == "safeguarding-not-stated"


def test_only_bodies_with_the_duty_break_it() -> None:
    """Bodies that Children Act 2004 s. 11(1) binds may; a school or a private provider asks the authority."""
    for kind in OrganisationKind:
        refusal = refuse_to_break(kind, Purpose.SAFEGUARDING, "Brought in unconscious, nobody with the child.")
        assert (refusal is None) == (kind in SAFEGUARDING_BODIES)
        assert refusal is None or refusal.rule == "not-a-safeguarding-body"


def test_a_reason_is_given_in_words() -> None:
    """The authority's privacy officer reads the reason; blanks and dashes are none."""
    for blank in ("", " - ", "\n"):
        refusal = refuse_to_break(OrganisationKind.NHS_TRUST, Purpose.SAFEGUARDING, blank)
        assert refusal is not None
        assert refusal.rule == "reason-required"


def test_broken_glass_is_whole_again_after_an_hour() -> None:
    """Sixty minutes from the instant at which it was broken, to that body alone; then another reason is needed."""
    glass = BrokenGlass(TRUST, NOW)
    assert timedelta(minutes=60) == BREAK_GLASS_FOR
    assert glass.stands_at(NOW)
    assert glass.stands_at(NOW + timedelta(minutes=59, seconds=59))
    assert not glass.stands_at(NOW + timedelta(minutes=60))
    assert not glass.stands_at(NOW - timedelta(seconds=1))


def test_behind_glass_is_what_keeps_a_child_from_harm() -> None:
    """Who the child is and who cares for it, its needs, its care and where it is; no money, redress or clocks."""
    assert {Part.EXISTENCE, Part.IDENTITY, Part.CONTACTS, Part.SECTION_D, Part.ADVICE} <= BEHIND_GLASS
    money = {Part.BUDGET_EDUCATION, Part.BUDGET_HEALTH, Part.BUDGET_SOCIAL_CARE, Part.BUDGET_TOTAL}
    assert not BEHIND_GLASS & (money | {Part.REDRESS, Part.DUTIES, Part.SECTION_J})


def test_the_alert_goes_to_the_privacy_officer_or_else_to_the_body() -> None:
    """The body whose record it is keeps plans from unauthorised persons (reg. 17(4)), and is told at once. Where it
    has named a privacy officer the alert is that officer's; where it has named nobody, the glass breaks all the same,
    and the alert goes to the body itself and says that nobody is named."""
    assert Alerted.of("privacy@authority.example") is Alerted.PRIVACY_OFFICER
    assert Alerted.of(None) is Alerted.BODY
    assert "named nobody" in Alerted.BODY.meaning


def test_an_alert_is_acknowledged_once_with_what_was_found() -> None:
    """It stays open until somebody of that body has reviewed it and says in words what the review found (reg. 17(4));
    once said, it is not said again."""
    assert refuse_acknowledgement("Spoke to the ward: justified.", acknowledged=False) is None
    silent = refuse_acknowledgement("  ", acknowledged=False)
    assert silent is not None
    assert silent.rule == "finding-required"
    again = refuse_acknowledgement("Again.", acknowledged=True)
    assert again is not None
    assert again.rule == "already-acknowledged"
