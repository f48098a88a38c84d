"""Whether a resource says that something is so, or takes it back.

Some elements turn what a resource says into its opposite (a refuted Condition, provision that shall not be performed).
Advice that holds such a resource is refused, not guessed.
"""

from collections.abc import Mapping
from typing import Any, cast

from fhir_mappings.outcome import Faults
from fhir_mappings.values import Json

_NO_LONGER = frozenset({"revoked", "entered-in-error"})

_TAKEN_BACK: Mapping[str, Mapping[str, frozenset[str]]] = {
    "Condition": {
        "verificationStatus": frozenset({"refuted", "entered-in-error"}),
        "clinicalStatus": frozenset({"inactive", "remission", "resolved"}),
    },
    "Goal": {"lifecycleStatus": frozenset({"cancelled", "entered-in-error", "rejected"})},
    "CarePlan": {"status": _NO_LONGER},
    "CarePlan.activity.detail": {"status": frozenset({"cancelled", "stopped", "entered-in-error"})},
    "ServiceRequest": {"status": _NO_LONGER},
}


def is_asserted(kind: str, content: Json, faults: Faults, at: str) -> bool:
    """Whether a resource (or part of one) of this kind stands; a fault where it does not."""
    taken_back = [name for name, codes in _TAKEN_BACK.get(kind, {}).items() if _codes(content.get(name)) & codes]
    if content.get("doNotPerform"):
        taken_back.append("doNotPerform")
    for name in taken_back:
        message = "what says the opposite of a need, an outcome or provision cannot be part of advice"
        faults.add("resource-negated", message, f"{at}.{name}", code="business-rule")
    return not taken_back


def _codes(element: object) -> set[str]:
    """The codes of a code or a CodeableConcept."""
    if isinstance(element, str):
        return {element}
    concept = cast("dict[str, list[dict[str, Any]]]", element or {})
    return {coding.get("code", "") for coding in concept.get("coding", ())}
