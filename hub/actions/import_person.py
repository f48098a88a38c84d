"""One person of a return, set against what is recorded of the child: what that adds and changes.

The terms that the hub keeps for the return's codes are the names of the members of `sen2_return`.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from hub.actions.child_sources import keep_word, weigh, withdraw
from hub.actions.import_changes import Changes
from hub.actions.import_duties import keep_duties
from hub.actions.import_plan import keep_plan
from hub.actions.import_record import Facts, Record, Returned
from hub.actions.plan_chain import versions_from
from hub.actions.sen2_return import Assessment, Outcome, Person, Request
from hub.db import tables
from hub.db.import_return import Row
from hub.law.vocabulary import (
    AssessmentDecision,
    AssessmentOutcome,
    NHSNumberStatus,
    ResponsibilityKind,
    Sex,
)

ULN = "unique-learner-number"
FORMER_UPN = "former-unique-pupil-number"
"""Systems of `child_identifier`."""

DECISIONS: Mapping[Outcome, AssessmentDecision] = {
    Outcome.YES: AssessmentDecision.WILL_ASSESS,
    Outcome.NO: AssessmentDecision.WILL_NOT_ASSESS,
    Outcome.WITHDRAWN: AssessmentDecision.WITHDRAWN,
}
OUTCOMES: Mapping[Outcome, AssessmentOutcome] = {
    Outcome.YES: AssessmentOutcome.PLAN,
    Outcome.NO: AssessmentOutcome.NO_PLAN,
    Outcome.WITHDRAWN: AssessmentOutcome.WITHDRAWN,
}


def keep_person(
    changes: Changes, person: Person, record: Record, returned: Returned, *, content_hash: str | None
) -> Row:
    """Gather what the person adds and changes; the child's row as it will be."""
    child = _keep_child(changes, person, record, returned, content_hash)
    _keep_identifiers(changes, person, record, returned.header.system)
    if not any(row["kind"] == ResponsibilityKind.AUTHORITY for row in record.of("responsibility")):
        changes.add(
            tables.responsibility,
            record.child_id,
            {
                "body_id": changes.owner_id,
                "kind": ResponsibilityKind.AUTHORITY,
                "reason": returned.header.title,
                "starts_on": _first_request(person.requests) or returned.header.reference_date,
            },
        )
    for request in person.requests:
        _keep_request(changes, request, record, returned)
    if record.child is not None and changes.columns.get(record.child_id):
        changes.new_version(record.child, returned.now)
    return child


def _keep_child(changes: Changes, person: Person, record: Record, returned: Returned, content_hash: str | None) -> Row:
    said: dict[str, Any] = {
        "family_name": person.family_name,
        "given_names": [person.forename],
        "date_of_birth": person.date_of_birth,
        "sex": person.sex,
        "postcode": person.postcode,
        "upn": person.upn,
        "upn_unknown_reason": person.upn_unknown_reason,
        "ethnicity": person.ethnicity,
        "nhs_number": person.nhs_number,
        "nhs_number_status": person.nhs_number_status,
    }
    day, child_id, current = returned.header.reference_date, record.child_id, record.child
    if current is None:
        new = {"source": returned.header.source, "version": 1, "updated_at": returned.now}
        child = changes.add(tables.child, child_id, said | new)
        keep_word(changes, child, [], returned.teller, said, on=day, new=True, content_hash=content_hash)
        return child
    former, rows, known = current["upn"], record.facts.get("child_source", []), record.of("disagreement")
    alone = all(returned.teller.is_of(row) for row in rows) and (rows or current["source"] == returned.teller.source)
    if alone:
        changes.keep(tables.child, child_id, current, _of_one_source(person, current, said))
    else:
        theirs = {name: said[name] for name in ("upn_unknown_reason", "ethnicity")}
        changes.keep(tables.child, child_id, current, theirs)
    told = _new_words(current, said) if returned.header.ours else said
    if not returned.header.ours or any(told.values()):
        keep_word(changes, current, rows, returned.teller, told, on=day, new=False, content_hash=content_hash)
    if not alone:
        weigh(changes, current, rows, known, returned.weighing)
    if former is not None and current["upn"] != former:
        value = {"system": FORMER_UPN, "value": former, "held_to": returned.header.reference_date}
        changes.add(tables.child_identifier, child_id, value)
    return current


def _new_words(current: Row, said: Mapping[str, Any]) -> dict[str, Any]:
    """What a return that the hub wrote says otherwise than the record has it."""
    names = [" ".join(current["given_names"])]
    return {
        name: value
        for name, value in said.items()
        if value != (names if name == "given_names" else current[name]) and value != Sex.UNKNOWN
    }


def _of_one_source(person: Person, current: Row, said: dict[str, Any]) -> dict[str, Any]:
    """What changes of a child of whom nobody else tells."""
    said = dict(said)
    if " ".join(current["given_names"]) == person.forename or current["given_names"][0] == person.forename:
        del said["given_names"]  # recorded with more names than a return has room for
    if person.sex is Sex.UNKNOWN:
        del said["sex"]
    if current["nhs_number"] == person.nhs_number or (
        current["nhs_number_status"] == NHSNumberStatus.VERIFIED != person.nhs_number_status
    ):
        del said["nhs_number"], said["nhs_number_status"]  # what was traced is not overwritten by what was not
    return said


def _keep_identifiers(changes: Changes, person: Person, record: Record, system: str | None) -> None:
    child_id = record.child_id
    known = {(row["system"], row["value"]): row for row in record.of("child_identifier")}
    for name, value in ((ULN, person.uln), (system, person.key)):
        if name is None or value is None:
            continue
        if (name, value) not in known:
            changes.add(tables.child_identifier, child_id, {"system": name, "value": value})
        elif known[name, value]["held_to"] is not None:
            changes.put(tables.child_identifier, child_id, known[name, value], {"held_to": None})


def take_back(changes: Changes, child: Row, facts: Facts, returned: Returned, *, system_number: str) -> None:
    """The case system says that it has deleted the child: its number ends, and its words count no longer.

    The child's record, and what is recorded of it, stays: the authority's duties do not end with a row in a system.
    """
    day = returned.header.reference_date
    for row in facts.get("child_identifier", ()):
        if (row["system"], row["value"]) == (returned.header.system, system_number) and row["held_to"] is None:
            changes.put(tables.child_identifier, child["id"], row, {"held_to": day})
    rows = facts.get("child_source", [])
    withdraw(changes, child, rows, returned.teller, on=day)
    weigh(changes, child, rows, facts.get("disagreement", ()), returned.weighing)
    if changes.columns.get(child["id"]):
        changes.new_version(child, returned.now)


def _first_request(requests: Iterable[Request]) -> date | None:
    return min((each.received_on for each in requests if each.received_on is not None), default=None)


def _keep_request(changes: Changes, request: Request, record: Record, returned: Returned) -> None:
    assessed = request.assessment or Assessment()
    current = next(
        (
            row
            for row in record.of("assessment")
            if row["requested_on"] == request.received_on and not row["reassessment"]
        ),
        None,
    )
    if current is None and request.received_on is None and versions_from(record.of("plan"), None):
        keep_plan(changes, request, None, record, returned)  # it came from another authority, which assessed
        return
    decision = DECISIONS.get(request.outcome) if request.outcome else None
    outcome = OUTCOMES.get(assessed.outcome) if assessed.outcome else None
    row = changes.keep(
        tables.assessment,
        record.child_id,
        current,
        {
            "requested_on": request.received_on,
            "requested_by": request.source.name if request.source else None,
            "rya": request.rya,
            "decision": decision,
            "decided_on": request.outcome_on if decision or request.historical else None,
            "outcome": outcome,
            "outcome_on": assessed.outcome_on if outcome or request.historical else None,
            "request_mediation": request.mediation,
            "request_tribunal": request.tribunal,
            "assessment_mediation": assessed.mediation,
            "assessment_tribunal": assessed.tribunal,
            "other_mediation": assessed.other_mediation,
            "other_tribunal": assessed.other_tribunal,
            "week20_exception": assessed.week20,
            "exported_to": request.exported_to,
            # The hub's own mark of one whose clocks it does not keep stays, where it holds what a return tells of it.
            "historical": None if current and current["historical"] and current["decision"] else request.historical,
        },
        reassessment=False,
        source=returned.header.source,
    )
    if assessed.named_plan is not None or request.active_plan is not None:
        keep_plan(changes, request, row["id"], record, returned)
    keep_duties(changes, request, row, record, returned)
