"""Who is asking. A caller is an organisation acting for one purpose, with the scopes of its token."""

from hub.law.caller import Caller
from hub.law.decisions import Permit, Refuse
from hub.law.reg17_disclosure import Purpose
from hub.law.vocabulary import OrganisationKind
from tests.law.cases import TRUST

CALLER = Caller(
    organisation=TRUST,
    organisation_kind=OrganisationKind.NHS_TRUST,
    organisation_code="RX1",
    organisation_name="A trust",
    client_id="a-trust-system",
    person=None,
    scopes=frozenset({"cooperation.read"}),
    purpose=Purpose.S31_COOPERATION,
    purposes=frozenset({Purpose.S31_COOPERATION}),
    token_id="a-token",
)


def test_a_scope_that_the_token_carries_permits() -> None:
    """A caller may do what a scope of its token allows."""
    assert CALLER.has("cooperation.read")
    assert CALLER.may("cooperation.read") == Permit("scope cooperation.read")


def test_a_scope_that_is_absent_refuses() -> None:
    """A scope that the token does not carry is refused by name, and no scope stands for another."""
    assert not CALLER.has("cooperation")
    assert CALLER.may("cooperation.write") == Refuse(
        "scope-missing", "This needs the scope cooperation.write, which the token does not carry."
    )
