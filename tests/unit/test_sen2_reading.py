"""A SEN2 return is read person by person: good persons become values, each mistake is told with its place and rule."""

import io
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import normalize
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.la_sen2.names import local_name
from adapters.la_sen2.node import Book, Node
from adapters.la_sen2.person import read_person
from adapters.la_sen2.reading import read_return
from adapters.la_sen2.xml import Element, elements
from hub.actions.sen2_return import (
    ActivePlan,
    Assessment,
    CeaseReason,
    NamedPlan,
    Need,
    Outcome,
    Person,
    Placement,
    ReadPerson,
    Request,
    RequestSource,
    Residential,
    ReturnHeader,
    ReviewOutcome,
    SenType,
    Setting,
    Severity,
)
from hub.law.interpretation import UPN_LETTERS
from hub.law.vocabulary import Sex

TODAY = date(2026, 11, 22)
DATA = Path(__file__).parent.parent / "data"
SHARED = Path(__file__).parents[2].parent / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared folder is not beside this repository")


def read(content: bytes | str, *, authority: str = "990") -> tuple[ReturnHeader, list[ReadPerson]]:
    raw = content.encode() if isinstance(content, str) else content
    header, persons = read_return(io.BytesIO(raw), authority_la_code=authority, today=TODAY)
    return header, list(persons)


def the_return() -> str:
    return (DATA / "return.xml").read_text("utf-8")


def rules(read_person: ReadPerson) -> list[str]:
    return [problem.rule for problem in read_person.problems]


# --- a good return


def test_each_person_of_a_good_return_is_read_without_a_word_of_complaint() -> None:
    header, persons = read(the_return())
    assert header == ReturnHeader(2026, date(2026, 1, 15), "990")
    assert [person.place for person in persons] == [f"Person[{number}]" for number in range(1, 13)]
    assert not [problem for person in persons for problem in person.problems]


def test_what_a_person_says_comes_out_as_values() -> None:
    appleby = read(the_return())[1][0].person
    assert appleby == Person(
        family_name="Appleby",
        forename="Zoë",
        date_of_birth=date(2013, 5, 2),
        sex=Sex.FEMALE,
        ethnicity="WBRI",
        postcode="ZZ99 1AA",
        upn="R990200013001",
        requests=(
            Request(
                received_on=date(2022, 3, 1),
                source=RequestSource.SCHOOL_OR_COLLEGE,
                rya=False,
                outcome=Outcome.YES,
                outcome_on=date(2022, 4, 5),
                mediation=False,
                tribunal=False,
                assessment=Assessment(
                    outcome=Outcome.YES,
                    outcome_on=date(2022, 10, 20),
                    week20=False,
                    named_plan=NamedPlan(
                        starts_on=date(2022, 11, 1),
                        personal_budget=False,
                        organised_arrangements=False,
                        placements=(Placement(1, urn="100001", sen_unit=False, resourced_provision=False),),
                    ),
                ),
                active_plan=ActivePlan(
                    review_meeting_on=date(2025, 10, 14),
                    review_outcome=ReviewOutcome.MAINTAIN,
                    last_review_on=date(2025, 11, 6),
                    placements=(
                        Placement(
                            1,
                            urn="100001",
                            entered_on=date(2022, 11, 7),
                            sen_unit=False,
                            resourced_provision=False,
                        ),
                    ),
                    needs=(
                        Need(SenType.AUTISTIC_SPECTRUM_DISORDER, 1),
                        Need(SenType.SPEECH_LANGUAGE_AND_COMMUNICATION_NEEDS, 2),
                    ),
                ),
            ),
        ),
    )


def test_the_example_return_has_every_outcome() -> None:
    requests = [request for read in read(the_return())[1] if read.person for request in read.person.requests]
    assert {request.outcome for request in requests} == set(Outcome)
    assert {request.assessment.outcome for request in requests if request.assessment} == set(Outcome)
    assert {each.active_plan.review_outcome for each in requests if each.active_plan} == {*ReviewOutcome, None}
    assert {request.source for request in requests} == set(RequestSource)


@needs_shared
def test_the_shared_sample_is_read_without_a_refusal() -> None:
    content = (SHARED / "data" / "sen2" / "sample.xml").read_bytes()
    persons = read(content)[1]
    assert len(persons) == content.count(b"<Person>")
    assert not [rules(person) for person in persons if person.person is None]


# --- names and forms of other years and tools


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_each_year_of_the_person_level_return_is_read(year: int) -> None:
    """A reference date that is left out is the day of that year's census."""
    text = (
        the_return().replace("<Year>2026<", f"<Year>{year}<").replace("<ReferenceDate>2026-01-15</ReferenceDate>", "")
    )
    header, _ = read_return(io.BytesIO(text.encode()), authority_la_code="990", today=TODAY)
    assert (header.year, header.reference_date.year, header.reference_date.month) == (year, year, 1)


@pytest.mark.parametrize(
    ("guide", "other"),
    [
        ("Message>", "SEN2>"),
        ("SENSetting>", "SENsetting>"),
        ("Surname>", "FamilyName>"),
        ("Forename>", "Firstname>"),
        ("Sex>", "GenderCurrent>"),
        ("PlanRes>", "planres>"),
        ("Person>", "PERSON>"),
        ("ActivePlans>", "activeplans>"),
        ("PlacementDetail>", "Placementdetail>"),
    ],
)
def test_names_of_other_guides_and_tools_read_the_same(guide: str, other: str) -> None:
    assert guide in the_return()
    assert values(the_return().replace(guide, other)) == values(the_return())


def test_elements_in_a_namespace_read_the_same() -> None:
    assert values(the_return().replace("<Message>", '<Message xmlns="urn:sen2">')) == values(the_return())


@pytest.mark.parametrize("name", ["PlanWBP", "PlanWPB", "planwbp"])
def test_the_work_based_code_of_a_plan_is_read_by_both_of_its_names(name: str) -> None:
    text = the_return().replace("<PlanRes>A</PlanRes>", f"<{name}>APP</{name}>")
    plan = plan_of(values(text)[11].requests[1])
    assert plan.work_based == "APP"


@pytest.mark.parametrize("name", ["WBP", "WPB"])
def test_before_2024_residential_and_work_based_codes_stood_beside_the_placements(name: str) -> None:
    text = the_return().replace("<RES>A</RES>", "<AttendancePattern>F</AttendancePattern>")
    text = text.replace("<TransferLA>", f"<RES>B</RES><{name}>APP</{name}><TransferLA>")
    persons = read(text)[1]
    active = persons[11].person.requests[1].active_plan if persons[11].person else None
    assert active is not None
    assert [(each.residential, each.work_based) for each in active.placements] == [("B", "APP")] * 2
    assert not persons[11].problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "cp1252"])
def test_a_return_reads_the_same_in_each_encoding(encoding: str) -> None:
    declared = {"utf-8-sig": "utf-8", "cp1252": "windows-1252"}.get(
        encoding, encoding.replace("-le", "").replace("-be", "")
    )
    text = the_return().replace('encoding="utf-8"', f'encoding="{declared}"')
    raw = text.encode(encoding)
    if encoding in {"utf-16-le", "utf-16-be"}:
        raw = "\ufeff".encode(encoding) + raw
    assert [each.person for each in read(raw)[1]] == values(the_return())


def test_line_ends_of_other_systems_and_letters_in_two_parts_read_the_same() -> None:
    text = the_return().replace("\n", "\r\n").replace("Zoë", " Zoe\u0308\t")
    assert values(text) == values(the_return())


# --- mistakes


def test_each_mistake_is_told_by_its_rule_and_only_what_cannot_be_true_is_refused() -> None:
    """The comment before each person of the file says which rule it breaks, and what comes of it."""
    text = (DATA / "return-with-mistakes.xml").read_text("utf-8")
    expected = re.findall(r"^    <!-- (.*) -->$", text, flags=re.MULTILINE)
    words = {Severity.REFUSED: "refused", Severity.WARNING: "warned"}
    persons = read(text)[1]
    assert len(persons) == len(expected)
    for person, said in zip(persons, expected, strict=True):
        found = [f"{words[each.severity]}: {each.rule}" for each in person.problems] or ["nothing is wrong"]
        assert (person.place, found) == (person.place, [said])
        assert (person.person is None) == said.startswith("refused")


def test_every_problem_of_a_person_is_told_at_once() -> None:
    text = (
        the_return()
        .replace("R990200013001", "R990200013002")
        .replace("<Forename>Zoë</Forename>", "")
        .replace("<ReceivedDate>2022-03-01", "<ReceivedDate>2022-13-01")
        .replace("<SENtype>ASD</SENtype>", "<SENtype>AUT</SENtype>")
    )
    first = read(text)[1][0]
    assert first.person is None
    assert {(each.place, each.rule) for each in first.problems} == {
        ("Person[1]/Forename", "forename-missing"),
        ("Person[1]/UPN", "upn-check-letter"),
        ("Person[1]/Requests[1]/ReceivedDate", "date-format"),
        ("Person[1]/Requests[1]/ActivePlans[1]/SENneed[1]/SENtype", "code-unknown"),
    }


def test_a_problem_says_on_which_line_it_is_however_long_the_file() -> None:
    text = the_return().replace("<Persons>", "<Persons>" + "\n" * 70_000).replace("<SENtype>VI<", "\n<SENtype>V<")
    line = text[: text.index("<SENtype>V<")].count("\n") + 1
    (problem,) = read(text)[1][11].problems
    assert (problem.place, problem.line) == ("Person[12]/Requests[2]/ActivePlans[1]/SENneed[2]/SENtype", line)


def test_no_message_repeats_what_the_file_says() -> None:
    """Neither a name, nor a number or a date of a child, right or wrong, is in what is told of a problem."""
    text = (DATA / "return-with-mistakes.xml").read_text("utf-8")
    said = {value for value in re.findall(r">([^<>]+)</", text.partition("<Persons>")[2]) if len(value.strip()) > 2}
    assert len(said) > 100
    codes = {code.value for listed in (SenType, Setting) for code in listed}
    for person in read(text)[1]:
        for problem in person.problems:
            told = f"{problem.place} {problem.message}"
            assert not [value for value in said - codes if value in told]


def test_a_refused_person_is_kept_as_it_stands_in_the_file() -> None:
    text = the_return().replace("<Surname>Eze</Surname>", "<Surname/>")
    refused = read(text)[1][4]
    assert refused.person is None
    assert refused.raw.startswith(b"<Person>")
    assert refused.raw.endswith(b"</Person>")
    assert b"<UPN>V990200015005</UPN>" in refused.raw


def test_text_beyond_4000_characters_is_one_persons_problem() -> None:
    text = the_return().replace("Greenhalgh", "G" * 4_001)
    persons = read(text)[1]
    assert [person.place for person in persons if person.person is None] == ["Person[7]"]
    assert rules(persons[6]) == ["text-too-long"]


def test_the_first_of_two_persons_with_one_upn_stands() -> None:
    text = the_return().replace("V990200015005", "R990200013001")
    persons = read(text)[1]
    assert [person.place for person in persons if person.person is None] == ["Person[5]"]


@pytest.mark.parametrize(("born", "refused"), [("2000-01-16", False), ("2000-01-15", True)])
def test_a_young_person_is_one_until_the_26th_birthday(born: str, refused: bool) -> None:
    """CFA 2014 s. 83(2): 25 or under."""
    person = read(the_return().replace("2005-10-17", born))[1][10]
    assert (person.person is None) is refused


def test_a_historical_request_may_lack_its_date_and_its_order() -> None:
    """Outcome H: what another authority or an older system has left."""
    text = the_return().replace(
        "<RYA>0</RYA><RequestSource>5</RequestSource><RequestOutcome>H<",
        "<ReceivedDate>2016-01-01</ReceivedDate><RYA>0</RYA><RequestSource>5</RequestSource><RequestOutcome>H<",
    )
    person = read(text)[1][10]
    assert person.person is not None
    assert rules(person) == ["plan-before-decision"]


def test_memory_does_not_grow_with_the_file() -> None:
    stream = _Repeated(the_return(), 400)
    _, persons = read_return(stream, authority_la_code="990", today=TODAY)
    for _ in range(240):
        next(persons)
    before = _resident_bytes()
    assert sum(1 for _ in persons) == 400 * 12 - 240
    assert _resident_bytes() - before < 8_000_000


class _Repeated(io.RawIOBase):
    """A return whose persons come again and again, made while it is read."""

    def __init__(self, text: str, times: int) -> None:
        head, rest = text.split("<Persons>")
        persons, tail = rest.split("</Persons>")
        self._pieces = iter([head + "<Persons>", *[persons] * times, "</Persons>" + tail])
        self._head = head.encode()
        self._left = b""

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return 0

    def seek(self, offset: int, whence: int = 0) -> int:
        return offset

    def read(self, size: int = -1) -> bytes:
        if self._head:  # the look at the prolog, before the file is read from its start
            head, self._head = self._head, b""
            return head
        while len(self._left) < size and (piece := next(self._pieces, None)) is not None:
            self._left += piece.encode()
        taken, self._left = self._left[:size], self._left[size:]
        return taken


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


# --- any person


def values(text: str) -> list[Any]:
    return [person.person for person in read(text)[1]]


def plan_of(request: Request) -> NamedPlan:
    assert request.assessment is not None
    assert request.assessment.named_plan is not None
    return request.assessment.named_plan


def a_upn(digits: str) -> str:
    return UPN_LETTERS[sum(weight * int(digit) for weight, digit in enumerate(digits, start=2)) % 23] + digits


DAYS = st.dates(date(2001, 1, 1), TODAY)
FLAGS = st.none() | st.booleans()
TEXT = (
    st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\ufffd"), min_size=1, max_size=30)
    .map(lambda text: normalize("NFC", text))
    .filter(lambda text: len(text) <= 30 and not re.search(r"\s", text))
)
OPTIONAL_TEXT = st.none() | TEXT
PLACEMENTS = st.builds(
    Placement,
    rank=st.integers(1, 99),
    urn=st.none() | st.integers(100_000, 999_999).map(str),
    ukprn=st.none() | st.integers(10_000_000, 19_999_999).map(str),
    setting=st.none() | st.sampled_from([setting.value for setting in Setting]),
    setting_other=OPTIONAL_TEXT,
    sen_unit=FLAGS,
    resourced_provision=FLAGS,
    entered_on=st.none() | DAYS,
    left_on=st.none() | DAYS,
    residential=st.none() | st.sampled_from([weeks.value for weeks in Residential]),
    work_based=OPTIONAL_TEXT,
)
IN_PLAN = PLACEMENTS.map(lambda each: replace(each, entered_on=None, left_on=None, residential=None, work_based=None))
NEEDS = st.lists(st.sampled_from(SenType), max_size=2).map(
    lambda types: tuple(Need(sen_type, rank) for rank, sen_type in enumerate(types, start=1))
)
PLANS = st.builds(
    NamedPlan,
    starts_on=st.none() | DAYS,
    residential=st.none() | st.sampled_from([weeks.value for weeks in Residential]),
    work_based=OPTIONAL_TEXT,
    personal_budget=FLAGS,
    organised_arrangements=FLAGS,
    direct_payment=OPTIONAL_TEXT,
    ceased_on=st.none() | DAYS,
    cease_reason=st.none() | st.sampled_from(CeaseReason),
    placements=st.lists(IN_PLAN, max_size=2).map(tuple),
)
ACTIVE_PLANS = st.builds(
    ActivePlan,
    transfer_from=OPTIONAL_TEXT,
    review_meeting_on=st.none() | DAYS,
    review_outcome=st.none() | st.sampled_from(ReviewOutcome),
    review_drafted_on=st.none() | DAYS,
    phase_transfer_due_on=st.none() | DAYS,
    phase_transfer_final_on=st.none() | DAYS,
    last_review_on=st.none() | DAYS,
    placements=st.lists(PLACEMENTS, max_size=2).map(tuple),
    needs=NEEDS,
)
ASSESSMENTS = st.builds(
    Assessment,
    outcome=st.none() | st.sampled_from(Outcome),
    outcome_on=st.none() | DAYS,
    mediation=FLAGS,
    tribunal=FLAGS,
    other_mediation=FLAGS,
    other_tribunal=FLAGS,
    week20=FLAGS,
    named_plan=st.none() | PLANS,
)
REQUESTS = st.builds(
    Request,
    received_on=st.none() | DAYS,
    source=st.none() | st.sampled_from(RequestSource),
    rya=FLAGS,
    outcome=st.none() | st.sampled_from(Outcome),
    outcome_on=st.none() | DAYS,
    mediation=FLAGS,
    tribunal=FLAGS,
    exported_to=OPTIONAL_TEXT,
    assessment=st.none() | ASSESSMENTS,
    active_plan=st.none() | ACTIVE_PLANS,
)
PERSONS = st.builds(
    Person,
    family_name=TEXT,
    forename=TEXT,
    date_of_birth=DAYS,
    sex=st.sampled_from(Sex),
    ethnicity=OPTIONAL_TEXT,
    postcode=st.none() | TEXT.filter(lambda text: text == text.upper()),
    upn=st.none() | st.from_regex(r"[0-9]{12}", fullmatch=True, alphabet="0123456789").map(a_upn),
    uln=st.sampled_from([None, "1000000019", "1234567899"]),
    upn_unknown_reason=OPTIONAL_TEXT,
    requests=st.lists(REQUESTS, max_size=2).map(tuple),
)


@settings(max_examples=200, deadline=None)
@given(PERSONS)
def test_any_person_written_down_reads_as_the_same_person(person: Person) -> None:
    ((_, element),) = elements(
        io.BytesIO(_xml(person).encode()), name_of=local_name, names=frozenset({"person"}), most=1_000
    )
    book = Book(TODAY)
    assert read_person(_node(element, book)) == person
    assert not [problem for problem in book.problems if problem.severity is Severity.REFUSED]


def _node(element: Element, book: Book) -> Node:
    return Node(element, "Person[1]", book)


def _xml(person: Person) -> str:
    return "".join(
        _element(
            "Person",
            Surname=person.family_name,
            Forename=person.forename,
            PersonBirthDate=person.date_of_birth,
            Sex=person.sex.value[0],
            Ethnicity=person.ethnicity,
            PostCode=person.postcode,
            UPN=person.upn,
            UniqueLearnerNumber=person.uln,
            UPNunknown=person.upn_unknown_reason,
            Requests=[_request_xml(request) for request in person.requests],
        )
    )


def _request_xml(request: Request) -> str:
    return _element(
        "Requests",
        ReceivedDate=request.received_on,
        RequestSource=request.source,
        RYA=request.rya,
        RequestOutcomeDate=request.outcome_on,
        RequestOutcome=request.outcome,
        RequestMediation=request.mediation,
        RequestTribunal=request.tribunal,
        Exported=request.exported_to,
        Assessment=[_assessment_xml(each) for each in (request.assessment,) if each],
        ActivePlans=[_active_xml(each) for each in (request.active_plan,) if each],
    )


def _assessment_xml(assessment: Assessment) -> str:
    return _element(
        "Assessment",
        AssessmentOutcome=assessment.outcome,
        AssessmentOutcomeDate=assessment.outcome_on,
        AssessmentMediation=assessment.mediation,
        AssessmentTribunal=assessment.tribunal,
        OtherMediation=assessment.other_mediation,
        OtherTribunal=assessment.other_tribunal,
        Week20=assessment.week20,
        NamedPlan=[_plan_xml(each) for each in (assessment.named_plan,) if each],
    )


def _plan_xml(plan: NamedPlan) -> str:
    return _element(
        "NamedPlan",
        StartDate=plan.starts_on,
        PlanRes=plan.residential,
        PlanWBP=plan.work_based,
        PB=plan.personal_budget,
        OA=plan.organised_arrangements,
        DP=plan.direct_payment,
        CeaseDate=plan.ceased_on,
        CeaseReason=plan.cease_reason,
        PlanDetail=[_placement_xml("PlanDetail", each) for each in plan.placements],
    )


def _active_xml(plan: ActivePlan) -> str:
    return _element(
        "ActivePlans",
        TransferLA=plan.transfer_from,
        ReviewMeeting=plan.review_meeting_on,
        ReviewOutcome=plan.review_outcome,
        ReviewDraft=plan.review_drafted_on,
        PhaseTransferDueDate=plan.phase_transfer_due_on,
        PhaseTransferFinalDate=plan.phase_transfer_final_on,
        LastReview=plan.last_review_on,
        PlacementDetail=[_placement_xml("PlacementDetail", each) for each in plan.placements],
        SENneed=[_element("SENneed", SENtype=need.sen_type, SENtypeRank=need.rank) for need in plan.needs],
    )


def _placement_xml(name: str, placement: Placement) -> str:
    return _element(
        name,
        URN=placement.urn,
        UKPRN=placement.ukprn,
        SENSetting=placement.setting,
        SENSettingOther=placement.setting_other,
        PlacementRank=placement.rank,
        EntryDate=placement.entered_on,
        LeavingDate=placement.left_on,
        SENunitIndicator=placement.sen_unit,
        ResourcedProvisionIndicator=placement.resourced_provision,
        RES=placement.residential,
        WBP=placement.work_based,
    )


def _element(name: str, **content: object) -> str:
    return f"<{name}>{''.join(_contents(content))}</{name}>"


def _contents(content: dict[str, object]) -> Iterator[str]:
    for name, said in content.items():
        match said:
            case None:
                pass
            case list():
                yield from (str(each) for each in said)  # pyright: ignore[reportUnknownVariableType]  (of any kind)
            case bool():
                yield f"<{name}>{int(said)}</{name}>"
            case _:
                yield f"<{name}>{escape(str(said))}</{name}>"
