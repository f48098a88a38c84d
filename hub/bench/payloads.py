"""What is written in the benchmarks: an advice by GraphQL, a Bundle of thirty resources."""

import json
from datetime import date
from uuid import UUID

from schema.ids import to_global

_SUBMIT_ADVICE = """
mutation Advise($input: SubmitAdviceInput!) {
  submitAdvice(input: $input) { advice { id } refusals { rule } }
}
"""
_CODES = "https://send-hub.example/fhir/CodeSystem"
_EACH = 9  # needs, outcomes and provisions: with Task, Composition and Practitioner 30 resources
_NOBODY = {"type": "Patient", "display": "the child of the Task"}


def advice(request_id: UUID, given_on: date) -> bytes:
    """The GraphQL request that gives advice on a request to co-operate."""
    values = {
        "cooperationRequest": to_global("CooperationRequest", request_id),
        "kind": "MEDICAL",
        "givenOn": given_on.isoformat(),
        "author": "Sam Synthetic",
        "needs": ["Follows spoken instructions of one step, and loses those of two or more"],
        "outcomes": ["Follows instructions of two steps in class, four times in five"],
        "provision": [{"description": "Individual therapy on understanding of language", "minutesPerWeek": 30}],
    }
    return json.dumps({"query": _SUBMIT_ADVICE, "variables": {"input": values}}).encode()


def bundle(task: UUID, number: int, given_on: date, *, each_kind: int = _EACH, more: str = "") -> bytes:
    """A transaction Bundle that completes the Task, of thirty resources (or of so many needs, outcomes and provisions,
    each with more words); no two numbers give the same bytes.
    """
    needs = [
        _entry("Condition", {"code": {"text": f"Need {each} of {number}{more}"}, "subject": _NOBODY}, each)
        for each in range(each_kind)
    ]
    goals = [
        _entry(
            "Goal",
            {
                "lifecycleStatus": "proposed",
                "description": {"text": f"Outcome {each} of {number}{more}"},
                "subject": _NOBODY,
            },
            each,
        )
        for each in range(each_kind)
    ]
    plans = [
        _entry(
            "CarePlan",
            {
                "status": "active",
                "intent": "proposal",
                "subject": _NOBODY,
                "activity": [
                    {"detail": {"status": "not-started", "description": f"Provision {each} of {number}{more}"}}
                ],
            },
            each,
        )
        for each in range(each_kind)
    ]
    author = _entry("Practitioner", {"name": [{"given": ["Sam"], "family": "Synthetic"}]}, 0)
    sections = (("Needs", "needs", needs), ("Outcomes", "outcomes", goals), ("Provision", "provision", plans))
    composition = _entry(
        "Composition",
        {
            "status": "final",
            "type": {"coding": [{"system": f"{_CODES}/send-advice-kind", "code": "ehc-health-advice"}]},
            "date": given_on.isoformat(),
            "author": [{"reference": author["fullUrl"]}],
            "title": f"Advice {number}",
            "section": [
                {
                    "title": title,
                    "code": {"coding": [{"system": f"{_CODES}/send-advice-section", "code": code}]},
                    "entry": [{"reference": each["fullUrl"]} for each in entries],
                }
                for title, code, entries in sections
            ],
        },
        0,
    )
    output = [{"type": {"text": "Advice"}, "valueReference": {"reference": composition["fullUrl"]}}]
    answered = _entry("Task", {"id": str(task), "status": "completed", "intent": "order", "output": output}, 0)
    answered["request"] = {"method": "PUT", "url": f"Task/{task}"}
    entries = [answered, composition, author, *needs, *goals, *plans]
    return json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}).encode()


_KINDS = ("Task", "Composition", "Practitioner", "Condition", "Goal", "CarePlan")


def _entry(kind: str, content: dict[str, object], number: int) -> dict[str, object]:
    return {
        "fullUrl": f"urn:uuid:0d5c1f5e-0b56-4f7e-9a3f-{_KINDS.index(kind):04x}{number:08x}",
        "resource": {"resourceType": kind, **content},
        "request": {"method": "POST", "url": kind},
    }
