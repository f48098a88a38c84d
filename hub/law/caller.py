"""Who is asking: a value that hub/auth makes from a token, and that every rule about access takes."""

from dataclasses import dataclass
from uuid import UUID

from hub.law.decisions import Decision, Permit, Refuse
from hub.law.reg17_disclosure import Purpose
from hub.law.vocabulary import OrganisationKind


@dataclass(frozen=True, slots=True)
class Caller:
    """An organisation, through one of its clients and perhaps a person, asking for one purpose.

    `purpose` is what this request is for; `purposes` are all that the token allows; `default_purpose` is the one meant
    when a request names none. `only_documents`: its client may run no GraphQL document but trusted ones.
    """

    organisation: UUID
    organisation_kind: OrganisationKind
    organisation_code: str
    organisation_name: str
    client_id: str
    person: str | None
    scopes: frozenset[str]
    purpose: Purpose
    purposes: frozenset[Purpose]
    token_id: str
    default_purpose: Purpose = Purpose.OWN_FUNCTIONS
    only_documents: bool = False

    def has(self, scope: str) -> bool:
        """Whether the token carries the scope. Scopes match whole: no scope contains another."""
        return scope in self.scopes

    def may(self, scope: str) -> Decision:
        """The same as a decision, which says what is missing."""
        if self.has(scope):
            return Permit(f"scope {scope}")
        return Refuse("scope-missing", f"This needs the scope {scope}, which the token does not carry.")
