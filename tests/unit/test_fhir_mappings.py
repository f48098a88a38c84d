"""The mappings are pure: law values and FHIR R4, each into the other, with nothing lost on the way."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from fhir.resources.R4B import get_fhir_model_class
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adapters.nhs_fhir import shapes
from adapters.nhs_fhir.answering import hub_advice
from adapters.nhs_fhir.models import check_model
from adapters.nhs_fhir.resolution import Resolver
from adapters.nhs_fhir.strict_json import parse
from adapters.nhs_fhir.structure import Limits, Walk
from adapters.nhs_fhir.submission import read_bundle
from fhir_mappings import budget_systems, identifiers, systems
from fhir_mappings.advice import read_advice, to_composition, to_document_references
from fhir_mappings.code_system import CodeSystem, UnknownCode
from fhir_mappings.document import document_id
from fhir_mappings.elements import day_of
from fhir_mappings.identifiers import canonical
from fhir_mappings.narrative import BadNarrative, texts, to_narrative
from fhir_mappings.outcome import BadInput, Faults, Issue, operation_outcome
from fhir_mappings.practitioner import read_authors, to_practitioner
from fhir_mappings.systems import NHS_NUMBER_STATUS_IN_WORDS
from fhir_mappings.task import Step, business_status, fhir_status, read_answer, standing_of, to_task
from fhir_mappings.values import GivenAdvice, GivenDocument, Located
from hub.db.queries import Organisation
from hub.law.s31_cooperation import (
    Accepted,
    Complied,
    CooperationRequest,
    Declined,
    Receipt,
    Received,
    RefusalGround,
    Withdrawn,
)
from hub.law.s37_provision import Specified
from hub.law.vocabulary import AdviceKind, OrganisationKind
from hub.settings import Settings
from tests.law.cases import SENT, TRUST, at, becomes, day

TODAY = date(2026, 11, 22)
ADVICE_ID = UUID("00000000-0000-4000-8000-0000000000aa")
REAL = Path(__file__).parents[3] / "shared" / "data" / "fhir"
EXAMPLE = Path(__file__).parents[1] / "data" / "advice-bundle.json"
BASE = "http://127.0.0.1:8000/fhir/R4"

cases = settings(max_examples=60, deadline=None, database=None, derandomize=True)


# --- systems


OURS: list[CodeSystem[Any]] = [
    cast("CodeSystem[Any]", each)
    for each in (*vars(systems).values(), *vars(budget_systems).values())
    if isinstance(each, CodeSystem) and each is not NHS_NUMBER_STATUS_IN_WORDS
]


@pytest.mark.parametrize("system", OURS, ids=lambda system: system.url.rpartition("/")[2])
def test_each_term_has_one_code_and_comes_back_from_it(system: CodeSystem[Any]) -> None:
    [enumeration] = {type(term) for term in system.codes}
    assert set(system.codes) == set(enumeration)
    assert len({code for code, _ in system.codes.values()}) == len(system.codes)
    for term in system.codes:
        assert system.read({"coding": [{"system": "urn:other", "code": "x"}, system.coding(term)]}) is term
    with pytest.raises(UnknownCode) as unknown:
        system.term("Zaphod")
    assert "Zaphod" not in str(unknown.value)
    assert system.read(None) is system.read({"text": "x"}) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://fhir.nhs.uk/id/ods-organization-code", identifiers.ODS_CODE),
        ("http://fhir.nhs.uk/Id/ods-organization-code", identifiers.ODS_CODE),
        ("http://fhir.nhs.net/Id/nhs-number", identifiers.NHS_NUMBER),
        (identifiers.NHS_NUMBER, identifiers.NHS_NUMBER),
        ("https://example.org/Local", "https://example.org/Local"),
    ],
)
def test_identifier_systems_that_senders_write_in_several_ways(written: str, meant: str) -> None:
    assert canonical(written) == meant


# --- tasks


def _body(code: str, *, authority: bool = False) -> Organisation:
    kind = OrganisationKind.LOCAL_AUTHORITY if authority else OrganisationKind.NHS_TRUST
    codes = (None, code) if authority else (code, None)
    return Organisation(TRUST, f"Body {code}", kind, *codes, None, None, None)


def shown(request: CooperationRequest, *, version: int = 1) -> dict[str, Any]:
    task = to_task(
        request,
        version=version,
        updated_at=at("2026-09-02"),
        child=None,
        requester=_body("990", authority=True),
        owner=_body("RX1"),
    )
    get_fhir_model_class("Task").model_validate(task)
    return task


RETRIEVED = becomes(SENT, Received(Receipt.RETRIEVED, at("2026-09-02")))
SERVED = becomes(SENT, Received(Receipt.SERVICE_PROVED, at("2026-09-02")))
ACKNOWLEDGED = becomes(RETRIEVED, Received(Receipt.ACKNOWLEDGED, at("2026-09-03")))
ACCEPTED = becomes(RETRIEVED, Accepted(at("2026-09-03")))
DECLINED = becomes(RETRIEVED, Declined(RefusalGround.ADVERSE_EFFECT_ON_FUNCTIONS, "Because.", at("2026-09-03")))
COMPLIED = becomes(DECLINED, Complied(at("2026-09-04"), day("2026-09-01")))
WITHDRAWN = becomes(SENT, Withdrawn(at("2026-09-03")))

STANDINGS = [
    (SENT, "requested", "awaiting-receipt"),
    (RETRIEVED, "requested", "clock-running"),
    (SERVED, "requested", "clock-running"),
    (ACKNOWLEDGED, "received", "clock-running"),
    (ACCEPTED, "accepted", "accepted"),
    (DECLINED, "rejected", "refused-adverse-effect"),
    (COMPLIED, "completed", "complied"),
    (WITHDRAWN, "cancelled", "withdrawn"),
]


@pytest.mark.parametrize(("request_", "status", "business"), STANDINGS, ids=[f"{s}-{b}" for _, s, b in STANDINGS])
def test_where_a_request_stands_is_shown_and_found_again(
    request_: CooperationRequest, status: str, business: str
) -> None:
    assert (fhir_status(request_), business_status(request_)) == (status, business)
    for other in {each for _, each, _ in STANDINGS}:
        standing = standing_of([other])
        is_received = request_.status.value == "RECEIVED"
        taken_on = request_.acknowledged_at is not None
        found = request_.status in standing.statuses and (not is_received or taken_on in standing.acknowledged)
        assert found == (other == status)
    assert shown(request_)["status"] == status


def test_what_the_hub_shows_put_back_unchanged_asks_nothing_new() -> None:
    """Whatever stands there, a Task that comes back as it went is no claim, no refusal and no fault."""
    for request, _, _ in STANDINGS:
        task, faults = shown(request), Faults()
        answer = read_answer(task, shown=task, faults=faults, at="Task")
        assert faults.issues == []
        assert answer.claim is None
        if request in (SENT, RETRIEVED, SERVED, WITHDRAWN):
            assert answer.step is Step.NOTHING


def test_written_reasons_come_back_as_they_were_given() -> None:
    task = shown(DECLINED)
    answer = read_answer(task, shown=shown(RETRIEVED), faults=Faults(), at="Task")
    assert (answer.step, answer.ground, answer.reasons) == (
        Step.DECLINE,
        RefusalGround.ADVERSE_EFFECT_ON_FUNCTIONS,
        "Because.",
    )


def test_the_reasons_once_given_stay_in_the_notes_when_the_body_complies_after_all() -> None:
    task = shown(COMPLIED)
    assert "statusReason" not in task
    assert task["note"][0]["text"] == "Because."


# --- advice

printable = st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"])
words = st.text(printable, min_size=1, max_size=30)
provision = st.builds(
    Specified,
    words,
    frequency=st.none() | words,
    minutes_per_week=st.none() | st.integers(0, 10_080),
    delivered_by=st.none() | words,
    qualification=st.none() | words,
    setting=st.none() | words,
)
documents = st.builds(
    GivenDocument,
    words,
    st.sampled_from(["application/pdf", "text/plain; charset=utf-8"]),
    st.binary(min_size=1, max_size=40),
)
registrations = st.none() | words | st.builds("{} {}".format, st.sampled_from(["GMC", "NMC", "HCPC"]), words)
advice = st.builds(
    GivenAdvice,
    st.sampled_from(AdviceKind),
    st.dates(date(2014, 9, 1), TODAY),
    author=st.none() | words,
    registration=registrations,
    needs=st.lists(words, max_size=3).map(tuple),
    outcomes=st.lists(words, max_size=3).map(tuple),
    provision=st.lists(provision, max_size=3).map(tuple),
    documents=st.lists(documents, max_size=2, unique_by=lambda each: each.content).map(tuple),
)


@cases
@given(advice)
def test_advice_to_a_composition_and_back(said: GivenAdvice) -> None:
    """What the hub shows of advice, sent to it again, is the same advice."""
    shared: dict[str, Any] = {
        "id": ADVICE_ID,
        "subject": {"reference": "Patient/p", "type": "Patient"},
        "given_by": _body("RX1"),
        "received_at": datetime(2026, 11, 22, tzinfo=UTC),
    }
    sent = [to_composition(said, **shared), *to_document_references(said, **shared, inline=True)]
    resolver, walk = Resolver(BASE), Walk(Limits(60, 500, TODAY))
    located: list[Located] = []
    for place, resource in enumerate(json.loads(json.dumps(sent))):
        each = Located(f"Bundle.entry[{place}].resource", resource)
        walk.resource(resource, each.at)
        check_model(each, walk.faults)
        resolver.add(each, full_url=f"https://ehr.example/{each.type}/{resource['id']}", known_as=None)
        located.append(each)
    assert walk.faults.issues == []
    faults = Faults()
    back = read_advice(located[0], located[1:], find=resolver.find, faults=faults)
    assert faults.issues == []
    assert back == said


@cases
@given(advice)
def test_advice_that_came_is_the_advice_that_is_kept(said: GivenAdvice) -> None:
    kept = asdict(hub_advice(said))
    assert kept | {"documents": list(kept["documents"]), "provision": list(kept["provision"])} == asdict(said) | {
        "documents": [asdict(each) for each in said.documents],
        "provision": [asdict(each) for each in said.provision],
    }


def test_a_document_is_known_by_its_content() -> None:
    one, other = GivenDocument("a", "text/plain", b"1"), GivenDocument("b", "text/html", b"1")
    assert document_id(ADVICE_ID, one) == document_id(ADVICE_ID, other)
    assert len(document_id(ADVICE_ID, one)) <= 64


@pytest.mark.parametrize(
    ("name", "registration"),
    [("Dr A", "GMC 1234567"), ("Nurse B", "NMC 12A"), ("C", "HCPC ZZ1"), (None, "BABCP 7"), ("D", None)],
)
def test_an_author_to_a_practitioner_and_back(name: str | None, registration: str | None) -> None:
    person = Located("Practitioner", to_practitioner(name, registration, id="p"))
    get_fhir_model_class("Practitioner").model_validate(person.resource)
    assert read_authors([{"reference": "#p"}], lambda *_: person, person) == (name, registration)


def test_an_organisation_is_not_taken_for_a_person() -> None:
    nowhere = Located("Composition", {})
    coded = {"identifier": {"system": identifiers.ODS_CODE, "value": "RX1"}, "display": "A Trust"}
    authors = [{"type": "Organization", "display": "A Trust"}, coded]
    assert read_authors(authors, lambda *_: None, nowhere) == (None, None)


# --- days and narratives


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-06-30", date(2026, 6, 30)),
        ("2026-06-30T23:30:00Z", date(2026, 7, 1)),
        ("2026-06-30T23:59:60Z", date(2026, 7, 1)),
        ("2026-12-31T23:30:00.123456789Z", date(2026, 12, 31)),
        ("2026-06", None),
        ("2026", None),
        ("2026-06-30T10:00:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_a_day_is_the_day_in_london(text: str, expected: date | None) -> None:
    faults = Faults()
    assert day_of(text, faults, "x") == expected
    assert bool(faults.issues) == (expected is None)


@pytest.mark.parametrize(
    ("div", "expected"),
    [
        ("<ul><li>one</li><li>two <b>bold</b></li></ul>", ["one", "two bold"]),
        ("<h2>Needs</h2><p>a  b\n c</p>loose", ["a b c", "loose"]),
        ("<ul><li>outer<ul><li>inner</li></ul></li></ul>", ["outer", "inner"]),
        ("<table><tr><th>x</th></tr><tr><td>a</td><td>b</td></tr></table>", ["a b"]),
        ("<p>&lt;script&gt; &amp; &nbsp;&eacute;</p>", ["<script> & é"]),
        ("<!-- a comment --><p>n</p>", ["n"]),
        ("<p>&bogus;</p>", ["&bogus;"]),
        ('<img src="#drawing" alt="A drawing"/>', []),
        ("&nbsp;", []),
    ],
)
def test_the_plain_text_of_a_narrative(div: str, expected: list[str]) -> None:
    assert texts(f'<div xmlns="http://www.w3.org/1999/xhtml">{div}</div>') == expected


@pytest.mark.parametrize(
    "div",
    [
        "<div><script>x</script></div>",
        "<div><IFRAME src='x'/></div>",
        "<div onLoad='x'/>",
        "<div><a href=' jav&#x61;script:x'>n</a></div>",
        "<!DOCTYPE div [<!ENTITY a 'b'>]><div>&a;</div>",
        "<?xml-stylesheet href='x'?><div/>",
        "<div>",
        "plain",
        "",
    ],
)
def test_a_narrative_that_is_more_than_text_is_refused(div: str) -> None:
    with pytest.raises(BadNarrative):
        texts(div)


@pytest.mark.parametrize(
    "div", ["", " \n\t", "<p> </p><ul><li/></ul>", "<!-- a comment -->", "<img alt='x'/>", "&#x20;"]
)
def test_a_narrative_that_says_nothing_is_refused(div: str) -> None:
    """txt-2 (http://hl7.org/fhir/R4/narrative.html#Narrative)."""
    with pytest.raises(BadNarrative) as refused:
        texts(f'<div xmlns="http://www.w3.org/1999/xhtml">{div}</div>')
    assert refused.value.rule == "txt-2"


@cases
@given(st.lists(words, max_size=4))
def test_items_to_a_narrative_and_back(items: list[str]) -> None:
    unreadable = {"\ufffe", "\uffff"}
    kept = [item for item in items if not unreadable & set(item)]
    assume(kept)
    assert texts(to_narrative(kept)["div"]) == kept
    assert texts(to_narrative(["a\x01b"])["div"]) == ["a\ufffdb"]


# --- outcomes


def test_an_outcome_of_very_many_issues_says_so() -> None:
    many = [Issue("rule", f"issue {n}", f"Task.note[{n}]") for n in range(300)]
    outcome = operation_outcome(many)
    get_fhir_model_class("OperationOutcome").model_validate(outcome)
    assert len(outcome["issue"]) == 101


# --- what real senders send, and what nobody should


def _real() -> Iterator[Any]:
    if not REAL.is_dir():
        yield pytest.param("", marks=pytest.mark.skip(reason="the real examples are not on this machine"))
        return
    listed = json.loads((REAL / "MANIFEST.json").read_text())
    for each in listed:
        if each["resourceType"] in shapes.ACCEPTED and each["r4b"] == "ok":
            yield pytest.param(each["file"], id=each["file"].removesuffix(".json"))


@pytest.mark.parametrize("name", list(_real()))
def test_real_examples_that_are_valid_r4_pass_the_raw_checks(name: str) -> None:
    """But for NHS numbers in them that were made without a check digit."""
    resource = parse((REAL / name).read_bytes())
    walk = Walk(Limits(60, 500, TODAY))
    walk.resource(resource, resource["resourceType"])
    check_model(Located(resource["resourceType"], resource), walk.faults)
    assert [issue for issue in walk.faults.issues if issue.rule != "nhs-number-check-digit"] == []


JUNK: list[Any] = [None, "", "x", 0, -1, 1.5, True, [], {}, [[]], [None], {"a": 1}, "9999-12-31", "2026-11-20T10:00:00"]
JUNK += ["javascript:x", "#a", "Task/TASK-ID", {"resourceType": "Task"}, {"reference": "urn:x"}, [{"reference": "#a"}]]
junk = st.sampled_from(JUNK)


@settings(max_examples=400, deadline=None, database=None, derandomize=True)
@given(st.data())
def test_a_bundle_with_anything_changed_is_read_or_refused(data: st.DataObject) -> None:
    """Whatever stands in whichever place, the answer is a submission or BadInput; never another error."""
    bundle = json.loads(EXAMPLE.read_text())
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = bundle
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and data.draw(st.integers(0, 3)):
                place = place[key]
                continue
            match data.draw(st.integers(0, 2)):
                case 0:
                    del place[key]
                case 1 if isinstance(place, list):
                    place.append(deepcopy(place[key]))
                case _:
                    place[key] = deepcopy(data.draw(junk))
            break
    try:
        read_bundle(parse(json.dumps(bundle).encode()), settings=Settings(), today=TODAY)
    except BadInput as refused:
        get_fhir_model_class("OperationOutcome").model_validate(operation_outcome(refused.issues))


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_bytes_that_are_anything_are_refused(body: bytes) -> None:
    with pytest.raises(BadInput):
        read_bundle(parse(body), settings=Settings(), today=TODAY)
