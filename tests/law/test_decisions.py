"""Decisions. What every rule answers."""

from hub.law.decisions import Permit, Refusal, Refuse


def test_a_permit_is_true_and_a_refusal_false() -> None:
    """A condition that forgets to look inside a decision refuses what the decision refuses."""
    assert Permit("CFA 2014 s. 31(1)")
    assert not Refuse("not-on-the-list", "This body is not on the list.")


def test_a_refusal_cites_its_provision() -> None:
    """A refusal by law says which provision, under which stable code, in which words and about which field."""
    refusal = Refusal("CFA 2014 s. 31(3)", "written-reasons-required", "Give written reasons.", ("reasons",))
    assert (refusal.provision, refusal.rule, refusal.path) == (
        "CFA 2014 s. 31(3)",
        "written-reasons-required",
        ("reasons",),
    )
    assert Refusal("CFA 2014 s. 31", "already-answered", "Answered.").path == ()
