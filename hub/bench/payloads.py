"""What is written in the benchmarks: an advice by GraphQL, a Bundle of thirty resources, a SEN2 return."""

import json
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from hub.law.interpretation import UPN_LETTERS
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


def bundle(task: UUID, number: int, given_on: date) -> bytes:
    """A transaction Bundle of thirty resources that completes the Task; no two numbers give the same bytes."""
    needs = [
        _entry("Condition", {"code": {"text": f"Need {each} of {number}"}, "subject": _NOBODY}, each)
        for each in range(_EACH)
    ]
    goals = [
        _entry(
            "Goal",
            {"lifecycleStatus": "proposed", "description": {"text": f"Outcome {each} of {number}"}, "subject": _NOBODY},
            each,
        )
        for each in range(_EACH)
    ]
    plans = [
        _entry(
            "CarePlan",
            {
                "status": "active",
                "intent": "proposal",
                "subject": _NOBODY,
                "activity": [{"detail": {"status": "not-started", "description": f"Provision {each} of {number}"}}],
            },
            each,
        )
        for each in range(_EACH)
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


def sen2_return(la_code: str, persons: int, reference: date) -> Iterator[str]:
    """A SEN2 return with so many persons, each with a request, a plan, a review, a placement and two needs."""
    yield (
        "<?xml version='1.0' encoding='utf-8'?>\n<Message><Header><CollectionDetails><Collection>SEN2</Collection>"
        f"<Year>{reference.year}</Year><ReferenceDate>{reference}</ReferenceDate></CollectionDetails>"
        f"<Source><SourceLevel>L</SourceLevel><LEA>{la_code}</LEA><SoftwareCode>bench</SoftwareCode>"
        f"<Release>1</Release><SerialNo>1</SerialNo><DateTime>{reference}T09:00:00</DateTime></Source></Header><Persons>\n"
    )
    for number in range(1, persons + 1):
        yield _PERSON.format(number=number, upn=_upn(la_code, number))
    yield "</Persons></Message>\n"


def _upn(la_code: str, number: int) -> str:
    """In another range of numbers than those of the children that are loaded."""
    digits = f"{la_code}9{number:08}"
    total = sum(weight * int(digit) for weight, digit in enumerate(digits, start=2))
    return f"{UPN_LETTERS[total % 23]}{digits}"


_PERSON = (
    "<Person><Surname>Appleby</Surname><Forename>Zo {number}</Forename><PersonBirthDate>2013-05-02</PersonBirthDate>"
    "<Sex>F</Sex><Ethnicity>WBRI</Ethnicity><PostCode>ZZ99 1AA</PostCode><UPN>{upn}</UPN><Requests>"
    "<ReceivedDate>2022-03-01</ReceivedDate><RequestSource>2</RequestSource><RYA>0</RYA>"
    "<RequestOutcomeDate>2022-04-05</RequestOutcomeDate><RequestOutcome>Y</RequestOutcome>"
    "<RequestMediation>0</RequestMediation><RequestTribunal>0</RequestTribunal>"
    "<Assessment><AssessmentOutcome>Y</AssessmentOutcome><AssessmentOutcomeDate>2022-10-20</AssessmentOutcomeDate>"
    "<Week20>0</Week20><NamedPlan><StartDate>2022-11-01</StartDate><PB>0</PB><OA>0</OA><PlanDetail><URN>100001</URN>"
    "<PlacementRank>1</PlacementRank><SENunitIndicator>0</SENunitIndicator>"
    "<ResourcedProvisionIndicator>0</ResourcedProvisionIndicator></PlanDetail></NamedPlan></Assessment>"
    "<ActivePlans><ReviewMeeting>2025-10-14</ReviewMeeting><ReviewOutcome>M</ReviewOutcome>"
    "<LastReview>2025-11-06</LastReview><PlacementDetail><URN>100001</URN><PlacementRank>1</PlacementRank>"
    "<EntryDate>2022-11-07</EntryDate><SENunitIndicator>0</SENunitIndicator>"
    "<ResourcedProvisionIndicator>0</ResourcedProvisionIndicator></PlacementDetail>"
    "<SENneed><SENtype>ASD</SENtype><SENtypeRank>1</SENtypeRank></SENneed>"
    "<SENneed><SENtype>SLCN</SENtype><SENtypeRank>2</SENtypeRank></SENneed></ActivePlans></Requests></Person>\n"
)
