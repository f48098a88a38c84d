"""An authority's return is imported whole: the good persons in one transaction, the others into quarantine."""

import asyncio
import io
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text

from adapters.la_sen2.importing import import_sen2
from hub.actions.import_report import ImportReport, write_report
from hub.actions.transaction import Transactions
from hub.db import tables
from hub.errors import Kind, Problem
from hub.law.caller import Caller
from hub.law.reg17_disclosure import Purpose
from hub.law.vocabulary import OrganisationKind, Sex, Source

DATA = Path(__file__).parent.parent / "data"
SHARED = Path(__file__).parents[2].parent / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared folder is not beside this repository")
GOOD = (DATA / "return.xml").read_text("utf-8")
MISTAKES = (DATA / "return-with-mistakes.xml").read_text("utf-8")
OWN, OTHER, SCHOOL = UUID(int=1), UUID(int=2), UUID(int=3)
CALLER = Caller(
    organisation=OWN,
    organisation_kind=OrganisationKind.LOCAL_AUTHORITY,
    organisation_code="990",
    organisation_name="Westshire",
    client_id="westshire-case-system",
    person=None,
    scopes=frozenset({"record.import"}),
    purpose=Purpose.OWN_FUNCTIONS,
    purposes=frozenset({Purpose.OWN_FUNCTIONS}),
    token_id="token-1",
)


@pytest.fixture(autouse=True)
async def _bodies(transactions: Transactions) -> None:
    await make_bodies(transactions)


async def make_bodies(transactions: Transactions) -> None:
    """Two authorities, and one school that the hub knows."""
    kinds = OrganisationKind
    async with transactions.begin(None) as tx:
        await tx.connection.execute(
            insert(tables.organisation),
            [
                {"id": OWN, "name": "Westshire", "kind": kinds.LOCAL_AUTHORITY, "la_code": "990", "urn": None},
                {"id": OTHER, "name": "Eastshire", "kind": kinds.LOCAL_AUTHORITY, "la_code": "991", "urn": None},
                {"id": SCHOOL, "name": "Hill School", "kind": kinds.SCHOOL, "la_code": None, "urn": "100001"},
            ],
        )


async def do_import(
    transactions: Transactions, content: str, *, caller: Caller | None = None, authority: str = "990", **options: Any
) -> ImportReport:
    stream = io.BytesIO(content.encode())
    return await import_sen2(
        transactions, caller, path_or_stream=stream, name="return.xml", authority_la_code=authority, **options
    )


async def rows(transactions: Transactions, sql: str, **values: Any) -> list[dict[str, Any]]:
    async with transactions.begin(None) as tx:
        return [dict(row) for row in (await tx.connection.execute(text(sql), values)).mappings()]


async def everything(transactions: Transactions) -> dict[str, list[str]]:
    """Every row of every table, as text, but for the import's own mark of what a file said the last time."""
    found = {}
    for table in tables.metadata.sorted_tables:
        query = f"SELECT (to_jsonb(kept) - 'content_hash')::text AS row FROM \"{table.name}\" AS kept ORDER BY 1"
        texts = await rows(transactions, query)
        found[table.name] = [each["row"] for each in texts]
    return found


async def add_child(transactions: Transactions, child_id: UUID, *, owner: UUID = OWN, **said: Any) -> None:
    child = {
        "owner_id": owner,
        "id": child_id,
        "family_name": "Appleby",
        "given_names": ["Zoë"],
        "date_of_birth": date(2013, 5, 2),
        "sex": Sex.FEMALE,
        "source": Source.RECORDED,
        "updated_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    async with transactions.begin(None) as tx:
        await tx.connection.execute(insert(tables.child).values(child | said))


def newer(content: str = GOOD, changes: Mapping[str, str] | None = None) -> str:
    """The return of the day after, with these changes."""
    content = content.replace("<ReferenceDate>2026-01-15<", "<ReferenceDate>2026-01-16<")
    for old, new in (changes or {}).items():
        assert old in content
        content = content.replace(old, new)
    return content


# --- a good return


async def test_a_good_return_is_applied_whole(transactions: Transactions) -> None:
    report = await do_import(transactions, GOOD)
    assert (report.read, report.new, report.changed, report.unchanged, report.refused) == (12, 12, 0, 0, 0)
    assert (report.warnings, report.problems, report.exit_status) == (0, (), 0)
    counted = {table: len(found) for table, found in (await everything(transactions)).items()}
    expected = {
        "child": 12,
        "child_identifier": 1,
        "responsibility": 12,
        "assessment": 13,
        "plan": 6,
        "placement": 11,
        "need": 6,
        "review": 4,
        "personal_budget": 1,
        "source": 1,
        "import_run": 1,
        "quarantined_item": 0,
        "event": 13,
    }
    assert {table: counted[table] for table in expected} == expected


async def test_a_child_with_a_plan_in_force_is_recorded_as_the_return_has_it(transactions: Transactions) -> None:
    await do_import(transactions, GOOD)
    (child,) = await rows(transactions, "SELECT * FROM child WHERE upn = 'R990200014002'")
    assert (child["family_name"], child["given_names"], child["version"]) == ("Bancroft", ["Idris"], 1)
    assert (child["sex"], child["ethnicity"], child["postcode"], child["source"]) == (
        "MALE",
        "MWBC",
        "ZZ99 1AB",
        "SEN2_RETURN",
    )
    of_child = {"child": child["id"]}
    (answers,) = await rows(transactions, "SELECT * FROM responsibility WHERE child_id = :child", **of_child)
    assert (answers["body_id"], answers["kind"], answers["reason"]) == (OWN, "AUTHORITY", "SEN2 return 2026")
    assert answers["starts_on"] == date(2023, 1, 9)
    (assessment,) = await rows(transactions, "SELECT * FROM assessment WHERE child_id = :child", **of_child)
    assert (assessment["requested_on"], assessment["requested_by"]) == (date(2023, 1, 9), "PARENT_OR_YOUNG_PERSON")
    assert (assessment["decision"], assessment["decided_on"]) == ("WILL_ASSESS", date(2023, 2, 13))
    assert (assessment["outcome"], assessment["outcome_on"]) == ("PLAN", date(2023, 5, 22))
    assert (assessment["other_mediation"], assessment["other_tribunal"], assessment["week20_exception"]) == (
        True,
        True,
        False,
    )
    (plan,) = await rows(transactions, "SELECT * FROM plan WHERE child_id = :child", **of_child)
    assert (plan["assessment_id"], plan["status"], plan["version"]) == (assessment["id"], "FINAL", 1)
    assert (plan["finalised_on"], plan["phase_transfer_due_on"]) == (date(2023, 5, 26), date(2026, 2, 15))
    assert (plan["personal_budget_reported"], plan["direct_payment_reported"]) == (True, "E")
    (need,) = await rows(transactions, "SELECT * FROM need WHERE child_id = :child", **of_child)
    assert (need["section"], need["sen_type"], need["rank"]) == ("B", "SEMH", 1)
    assert need["description"] == "Social, emotional and mental health"
    (review,) = await rows(transactions, "SELECT * FROM review WHERE child_id = :child", **of_child)
    assert (review["kind"], review["meeting_on"], review["decision"]) == ("ANNUAL", date(2025, 11, 18), "AMEND")
    assert (review["decided_on"], review["amendment_drafted_on"]) == (date(2025, 12, 10), date(2025, 12, 12))
    (budget,) = await rows(transactions, "SELECT * FROM personal_budget WHERE child_id = :child", **of_child)
    assert (budget["plan_id"], budget["status"]) == (plan["id"], "NOT_RECORDED")


async def test_plans_end_as_the_return_says(transactions: Transactions) -> None:
    await do_import(transactions, GOOD)
    ended = await rows(
        transactions, "SELECT status, ceased_on, cease_reason FROM plan WHERE status <> 'FINAL' ORDER BY 1"
    )
    assert [tuple(each.values()) for each in ended] == [
        ("CEASED", date(2025, 7, 31), "NEEDS_MET_WITHOUT_PLAN"),
        ("TRANSFERRED", date(2025, 9, 1), "TRANSFERRED_TO_OTHER_AUTHORITY"),
    ]


async def test_every_outcome_is_kept_in_the_words_of_the_act(transactions: Transactions) -> None:
    await do_import(transactions, GOOD)
    found = await rows(
        transactions,
        "SELECT family_name, decision, outcome, historical FROM child JOIN assessment ON child_id = child.id "
        "WHERE family_name >= 'D' ORDER BY family_name, requested_on",
    )
    assert [tuple(each.values()) for each in found] == [
        ("Duarte-Singh", "WILL_ASSESS", "PLAN", False),
        ("Eze", "WILL_NOT_ASSESS", None, False),
        ("Fairweather", None, None, False),
        ("Greenhalgh", "WITHDRAWN", None, False),
        ("Horváth", "WILL_ASSESS", "NO_PLAN", False),
        ("Iqbal", "WILL_ASSESS", None, False),
        ("Jankowski", "WILL_ASSESS", "WITHDRAWN", False),
        ("Kowalczyk", None, None, True),
        ("Lloyd", "WILL_NOT_ASSESS", None, False),
        ("Lloyd", "WILL_ASSESS", "PLAN", False),
    ]


async def test_placements_point_to_schools_that_the_hub_knows_and_none_is_invented(transactions: Transactions) -> None:
    await do_import(transactions, GOOD)
    found = await rows(
        transactions,
        "SELECT named_in_plan, urn, ukprn, sen_setting, sen_setting_other, setting_id, rank, starts_on, ends_on, "
        "residential FROM placement JOIN child ON child.id = child_id "
        "WHERE family_name IN ('Appleby', 'Kowalczyk', 'Lloyd') ORDER BY family_name, named_in_plan DESC, rank",
    )
    assert [tuple(each.values()) for each in found] == [
        (True, "100001", None, None, None, SCHOOL, 1, None, None, None),
        (False, "100001", None, None, None, SCHOOL, 1, date(2022, 11, 7), None, None),
        (True, None, None, "OPA", None, None, 1, None, None, None),
        (False, None, None, "OTH", "Tutor at home", None, 1, date(2024, 9, 2), None, None),
        (True, "100005", None, None, None, None, 1, None, None, "A"),
        (False, "100005", None, None, None, None, 1, date(2025, 1, 6), None, "A"),
        (False, None, "10000001", None, None, None, 2, date(2025, 9, 8), date(2025, 12, 19), None),
    ]
    assert len(await rows(transactions, "SELECT id FROM organisation")) == 3


async def test_the_clocks_of_each_request_are_kept(transactions: Transactions) -> None:
    """SEND Regs 2014 reg. 5(1): six weeks to decide. Reg. 13(2): twenty weeks to the final plan, save reg. 10(4)."""
    await do_import(transactions, GOOD)
    found = await rows(
        transactions,
        "SELECT family_name, rule, started_on, due_on, met_on, ended_on, excused, announced_state FROM duty "
        "JOIN child ON child.id = child_id ORDER BY family_name, started_on, rule",
    )
    decide, finalise = "DECIDE_WHETHER_TO_ASSESS", "FINALISE_PLAN"
    kept = {(each["family_name"], each["rule"], each["started_on"]): tuple(each.values())[3:] for each in found}
    assert kept["Appleby", decide, date(2022, 3, 1)] == (date(2022, 4, 12), date(2022, 4, 5), None, False, "MET")
    assert kept["Appleby", finalise, date(2022, 3, 1)] == (
        date(2022, 7, 19),
        date(2022, 11, 1),
        None,
        False,
        "MET_LATE",
    )
    assert kept["Lloyd", finalise, date(2024, 5, 13)] == (date(2024, 9, 30), date(2024, 11, 18), None, True, "MET")
    assert kept["Fairweather", decide, date(2025, 12, 15)] == (date(2026, 1, 26), None, None, False, "OVERDUE")
    assert kept["Greenhalgh", decide, date(2025, 4, 22)] == (date(2025, 6, 3), None, date(2025, 5, 12), False, "ENDED")
    assert kept["Iqbal", finalise, date(2025, 6, 16)] == (date(2025, 11, 3), None, None, False, "OVERDUE")
    assert ("Eze", finalise, date(2025, 2, 10)) not in kept, "a plan that was never to be made"
    assert "Kowalczyk" not in {family for family, _, _ in kept}, "a historical request has no clocks of ours"


# --- importing again


async def test_importing_a_file_again_changes_nothing_but_records_the_run(transactions: Transactions) -> None:
    mixed = GOOD.replace("<Surname>Eze</Surname>", "")
    await do_import(transactions, mixed)
    before = await everything(transactions)
    report = await do_import(transactions, mixed)
    assert (report.new, report.changed, report.unchanged, report.refused) == (0, 0, 11, 1)
    assert report.unchanged_file
    after = await everything(transactions)
    assert len(after.pop("import_run")) == len(before.pop("import_run")) + 1
    new_events = set(after.pop("event")) - set(before.pop("event"))
    assert ["return_imported" in event for event in new_events] == [True]
    assert after == before


async def test_a_newer_return_updates_what_changed_and_the_event_names_the_columns(transactions: Transactions) -> None:
    await do_import(transactions, GOOD)
    report = await do_import(
        transactions,
        newer(
            changes={
                "ZZ99 1AB": "ZZ99 9ZZ",
                "<EntryDate>2023-06-05<": "<EntryDate>2025-09-03<",
                "<ReviewMeeting>2025-11-18<": "<ReviewMeeting>2026-01-08<",
                "<ReviewOutcome>A</ReviewOutcome><ReviewDraft>2025-12-12</ReviewDraft>": "",
                "<LastReview>2025-12-10</LastReview>": "",
                "<SENtype>SEMH<": "<SENtype>ASD<",
            }
        ),
    )
    assert (report.new, report.changed, report.unchanged) == (0, 1, 11)
    (child,) = await rows(transactions, "SELECT * FROM child WHERE version <> 1")
    assert (child["family_name"], child["postcode"], child["version"]) == ("Bancroft", "ZZ99 9ZZ", 2)
    (event,) = await rows(transactions, "SELECT * FROM event WHERE kind = 'child_changed_by_return'")
    assert (event["child_id"], event["owner_id"], event["about_type"]) == (child["id"], OWN, "Child")
    assert event["facts"]["columns"] == [
        "child.postcode",
        "need.description",
        "need.sen_type",
        "placement",
        "placement.ends_on",
        "review",
    ]
    assert "ZZ99" not in json.dumps(event["facts"])
    reviews = await rows(transactions, "SELECT * FROM review WHERE child_id = :id ORDER BY meeting_on", id=child["id"])
    assert [(each["meeting_on"], each["decision"]) for each in reviews] == [
        (date(2025, 11, 18), "AMEND"),
        (date(2026, 1, 8), None),
    ]
    places = await rows(
        transactions,
        "SELECT starts_on, ends_on FROM placement WHERE child_id = :id AND NOT named_in_plan ORDER BY 1",
        id=child["id"],
    )
    assert [tuple(each.values()) for each in places] == [
        (date(2023, 6, 5), date(2025, 9, 3)),
        (date(2025, 9, 3), None),
    ]


async def test_what_a_return_does_not_say_is_not_erased(transactions: Transactions) -> None:
    await do_import(transactions, GOOD)
    before = await everything(transactions)
    silent = re.sub(
        r"<(PostCode|Ethnicity|RequestSource|Week20|PB|OA|DP|ReviewDraft|SENneed|RES|PlanRes)>.*?</\1>", "", GOOD
    )
    silent = re.sub(r"<Assessment>.*?</Assessment>", "", newer(silent), count=1, flags=re.DOTALL)
    report = await do_import(transactions, silent)
    assert (report.changed, report.unchanged) == (0, 12)
    after = await everything(transactions)
    assert {name for name, found in after.items() if found != before[name]} == {"import_run", "source", "event"}


async def test_a_plan_that_ends_is_ended_and_its_clocks_are_met(transactions: Transactions) -> None:
    await do_import(transactions, GOOD)
    plan = (
        "<AssessmentOutcome>Y</AssessmentOutcome><AssessmentOutcomeDate>2025-12-01</AssessmentOutcomeDate><NamedPlan>"
        "<StartDate>2025-12-08</StartDate><CeaseDate>2026-01-12</CeaseDate><CeaseReason>5</CeaseReason></NamedPlan>"
    )
    await do_import(
        transactions, newer(changes={"<Assessment><AssessmentOutcome>A</AssessmentOutcome>": f"<Assessment>{plan}"})
    )
    (row,) = await rows(
        transactions,
        "SELECT plan.status, duty.met_on, duty.due_on FROM child JOIN plan ON plan.child_id = child.id "
        "JOIN duty ON duty.child_id = child.id WHERE family_name = 'Iqbal' AND rule = 'FINALISE_PLAN'",
    )
    assert tuple(row.values()) == ("TRANSFERRED", date(2025, 12, 8), date(2025, 11, 3))


async def test_an_older_return_fills_what_is_empty_and_overwrites_nothing(transactions: Transactions) -> None:
    await do_import(transactions, newer(changes={"<Ethnicity>BAFR</Ethnicity>": ""}))
    report = await do_import(
        transactions, GOOD.replace("ZZ99 1AA", "ZZ99 9ZZ").replace("<SENtype>HI<", "<SENtype>ASD<")
    )
    assert (report.changed, report.unchanged) == (1, 11)
    (eze,) = await rows(transactions, "SELECT * FROM child WHERE version = 2")
    assert (eze["family_name"], eze["ethnicity"]) == ("Eze", "BAFR")


# --- who a person is


async def test_a_child_of_another_authority_is_never_looked_at(transactions: Transactions) -> None:
    """Row 66 of the bad inputs: the same UPN, names and birth in another authority's records. The row stays, and nobody
    is told that it is there.
    """
    await add_child(transactions, UUID(int=77), owner=OTHER, upn="R990200013001")
    before = await rows(transactions, "SELECT child::text AS row FROM child")
    report = await do_import(transactions, GOOD)
    assert (report.new, report.problems) == (12, ())
    assert await rows(transactions, f"SELECT child::text AS row FROM child WHERE owner_id = '{OTHER}'") == before


@pytest.mark.parametrize(
    ("recorded", "becomes"),
    [
        ({"upn": "R990200013001", "family_name": "Before"}, "the same"),
        ({"upn": None, "postcode": "ZZ991AA"}, "the same"),
        ({"upn": None, "postcode": None}, "the same"),
        ({"upn": "Q99020001301A"}, "the same"),
        ({"upn": None, "postcode": "ZZ99 9ZZ"}, "another"),
        ({"upn": None, "given_names": ["Zoe"]}, "another"),
        ({"upn": None, "date_of_birth": date(2013, 2, 5)}, "another"),
        ({"upn": "R990200014002"}, "unknown"),
        ({"upn": "R990200013001", "given_names": ["Yusuf"], "date_of_birth": date(2012, 1, 1)}, "unknown"),
    ],
)
async def test_a_person_is_known_by_upn_else_by_names_birth_and_postcode(
    transactions: Transactions, recorded: dict[str, Any], becomes: str
) -> None:
    """A number that another child has, or a UPN that changed without having been temporary, leaves a doubt."""
    known = UUID(int=77)
    await add_child(transactions, known, **recorded)
    only_appleby = re.sub(r"<!-- 2:.*</Persons>", "</Persons>", GOOD, flags=re.DOTALL)
    report = await do_import(transactions, only_appleby)
    children = await rows(transactions, "SELECT * FROM child ORDER BY id")
    match becomes:
        case "the same":
            (child,) = children
            assert (child["id"], child["upn"], child["family_name"]) == (known, "R990200013001", "Appleby")
            assert (report.new, report.changed) == (0, 1)
        case "another":
            assert (report.new, len(children)) == (1, 2)
        case _:
            assert (report.refused, len(children)) == (1, 1)
            assert [problem.rule for problem in report.problems] == ["identity-ambiguous"]


async def test_a_temporary_upn_that_became_permanent_is_still_known(transactions: Transactions) -> None:
    await add_child(transactions, UUID(int=77), upn="Q99020001301A")
    await do_import(transactions, GOOD)
    found = await rows(transactions, "SELECT value FROM child_identifier WHERE system = 'former-unique-pupil-number'")
    assert [each["value"] for each in found] == ["Q99020001301A"]


async def test_names_beyond_what_a_return_has_room_for_are_kept(transactions: Transactions) -> None:
    await add_child(transactions, UUID(int=77), upn="R990200013001", given_names=["Zoë", "Grace"])
    await do_import(transactions, GOOD)
    (child,) = await rows(transactions, "SELECT * FROM child WHERE upn = 'R990200013001'")
    assert child["given_names"] == ["Zoë", "Grace"]


async def test_two_children_who_fit_a_person_are_for_someone_to_tell_apart(transactions: Transactions) -> None:
    """Once someone has, importing again brings the person in and resolves what was in quarantine."""
    await add_child(transactions, UUID(int=77))
    await add_child(transactions, UUID(int=78))
    report = await do_import(transactions, GOOD)
    assert (report.new, report.refused, report.exit_status) == (11, 1, 3)
    async with transactions.begin(None) as tx:
        await tx.connection.execute(text(f"UPDATE child SET postcode = 'ZZ99 8XX' WHERE id = '{UUID(int=78)}'"))
    report = await do_import(transactions, GOOD)
    assert (report.changed, report.unchanged, report.refused) == (1, 11, 0)
    (item,) = await rows(transactions, "SELECT resolved_at FROM quarantined_item")
    assert item["resolved_at"] is not None


async def test_one_person_twice_in_a_file_is_not_two_children(transactions: Transactions) -> None:
    person = re.search(r"<Person>.*?</Person>", GOOD[GOOD.index("<!-- 6") :], flags=re.DOTALL)
    assert person is not None
    report = await do_import(transactions, GOOD.replace("</Persons>", f"{person[0]}</Persons>"))
    assert (report.new, report.refused) == (12, 1)
    assert [(each.place, each.rule) for each in report.problems] == [("Person[13]", "identity-ambiguous")]


@pytest.mark.parametrize("batch_size", [1, 2, 5])
async def test_what_comes_of_a_return_does_not_hang_on_how_it_is_cut_into_batches(
    transactions: Transactions, batch_size: int
) -> None:
    """A child's name changes, and a later person has the old one, and is looked up before the change is written."""
    await add_child(transactions, UUID(int=77), upn="R990200013001", family_name="Bancroft", given_names=["Zoë"])
    person = re.search(r"<Person>.*?</Person>", GOOD[GOOD.index("<!-- 6") :], flags=re.DOTALL)
    assert person is not None
    unnumbered = (
        person[0].replace("Fairweather", "Bancroft").replace("Robin", "Zoë").replace("2022-06-11", "2013-05-02")
    )
    twice = person[0].replace("<UPNunknown>UN1</UPNunknown>", "<UPN>B990200015009</UPN>")
    content = GOOD.replace("</Persons>", f"{unnumbered}{twice}{person[0]}</Persons>")
    report = await do_import(transactions, content, batch_size=batch_size)
    assert [(each.place, each.rule) for each in report.problems if each.severity == "refused"] == [
        ("Person[14]/UPN", "upn-repeated"),
        ("Person[15]", "identity-ambiguous"),
    ]
    assert (report.new, report.changed, report.refused) == (12, 1, 2)
    again = await do_import(transactions, content, batch_size=3)
    assert (again.new, again.changed, again.unchanged, again.refused) == (0, 0, 13, 2)


# --- mistakes


async def test_refused_persons_go_to_quarantine_and_the_rest_is_applied(transactions: Transactions) -> None:
    report = await do_import(transactions, MISTAKES)
    refused = MISTAKES.count("<!-- refused: ")
    assert (report.refused, report.new) == (refused, MISTAKES.count("<Person>") - refused)
    assert report.warnings == MISTAKES.count("<!-- warned: ")
    items = await rows(transactions, "SELECT * FROM quarantined_item")
    assert len(items) == refused
    (run,) = await rows(transactions, "SELECT * FROM import_run")
    assert run["counts"]["refused"] == refused
    item = next(each for each in items if each["place"] == "Person[12]")
    assert (item["owner_id"], item["import_run_id"], item["kind"]) == (OWN, run["id"], "SEN2_RETURN")
    assert bytes(item["content"]).startswith(b"<Person>")
    (problem,) = item["problems"]
    assert (problem["place"], problem["rule"], problem["severity"]) == ("Person[12]/UPN", "upn-check-letter", "refused")


async def test_neither_report_nor_problems_nor_events_say_anything_of_a_child(transactions: Transactions) -> None:
    report = await do_import(transactions, MISTAKES)
    problems = await rows(transactions, "SELECT problems FROM quarantined_item")
    events = await rows(transactions, "SELECT facts FROM event")
    told = report.as_text() + report.as_json() + json.dumps([*problems, *events])
    persons = MISTAKES.partition("<Persons>")[2]
    said = re.findall(r"<(?:Surname|Forename|PersonBirthDate|UPN|PostCode|Uni\w+)>([^<]{3,})<", persons)
    assert len(said) > 200
    assert not [value for value in set(said) if value in told]


@pytest.mark.parametrize(
    "broken",
    [GOOD[: GOOD.index("<Surname>Lloyd")], GOOD.replace("</Surname><Forename>Siân", "</Forename><Forename>Siân")],
)
async def test_of_a_file_that_breaks_off_nothing_is_stored(transactions: Transactions, broken: str) -> None:
    before = await everything(transactions)
    with pytest.raises(Problem) as refused:
        await do_import(transactions, broken)
    assert refused.value.kind is Kind.INVALID
    assert await everything(transactions) == before


# --- who may


@pytest.mark.parametrize(
    ("caller", "rule"),
    [
        (replace(CALLER, scopes=frozenset({"child.read"})), "scope-missing"),
        (replace(CALLER, organisation=OTHER, organisation_code="991"), "not-your-return"),
        (replace(CALLER, organisation_kind=OrganisationKind.NHS_TRUST), "not-your-return"),
        (replace(CALLER, organisation=OTHER), "not-your-return"),
    ],
)
async def test_only_the_authority_itself_may_import_its_return(
    transactions: Transactions, caller: Caller, rule: str
) -> None:
    with pytest.raises(Problem) as refused:
        await do_import(transactions, GOOD, caller=caller)
    assert (refused.value.kind, refused.value.rule) == (Kind.FORBIDDEN, rule)
    assert not await rows(transactions, "SELECT * FROM child")


async def test_what_a_client_imports_is_recorded_as_its_doing(transactions: Transactions) -> None:
    await do_import(transactions, GOOD, caller=CALLER)
    (event,) = await rows(transactions, "SELECT DISTINCT client_id, organisation_id, token_id, purpose FROM event")
    assert tuple(event.values()) == ("westshire-case-system", OWN, "token-1", "OWN_FUNCTIONS")
    (kept,) = await rows(transactions, "SELECT sender_id, client_id, owner_id, name, size, content FROM source")
    assert (kept["sender_id"], kept["client_id"], kept["owner_id"]) == (OWN, "westshire-case-system", OWN)
    assert bytes(kept["content"]) == GOOD.encode()


async def test_an_authority_that_the_hub_does_not_know_has_no_records(transactions: Transactions) -> None:
    with pytest.raises(Problem) as refused:
        await do_import(transactions, GOOD.replace("<LEA>990<", "<LEA>992<"), authority="992")
    assert refused.value.kind is Kind.NOT_FOUND


# --- at once, large, and told


async def test_of_two_imports_at_once_the_second_waits_and_finds_the_first(transactions: Transactions) -> None:
    reports = await asyncio.gather(do_import(transactions, GOOD), do_import(transactions, GOOD))
    assert sorted((report.new, report.unchanged) for report in reports) == [(0, 12), (12, 0)]
    assert len(await rows(transactions, "SELECT id FROM child")) == 12


async def test_progress_is_told_in_bytes_and_persons(transactions: Transactions, tmp_path: Path) -> None:
    path, told = tmp_path / "return.xml", list[tuple[int, int, int]]()
    path.write_text(GOOD, "utf-8")
    await import_sen2(
        transactions,
        None,
        path_or_stream=path,
        name="return.xml",
        authority_la_code="990",
        progress=lambda done, total, persons: told.append((done, total, persons)),
    )
    size = path.stat().st_size
    assert told[-1] == (size, size, 12)


async def test_the_report_is_written_for_people_and_for_machines(transactions: Transactions, tmp_path: Path) -> None:
    report = await do_import(transactions, MISTAKES)
    assert report.exit_status == 3
    assert "upn-check-letter" in report.as_text()
    first, second = write_report(report, tmp_path / "reports"), write_report(report, tmp_path / "reports")
    assert (first.name, second.name) == ("import-20261122T120000.json", "import-20261122T120000-2.json")
    written = json.loads(first.read_text())
    assert written["refused"] == report.refused
    assert len(written["problems"]) == report.refused + report.warnings
    assert {"place", "line", "rule", "message", "severity"} == set(written["problems"][0])


@needs_shared
async def test_the_shared_sample_is_imported_whole(transactions: Transactions) -> None:
    report = await do_import(transactions, (SHARED / "data" / "sen2" / "sample.xml").read_text("utf-8"))
    assert (report.new, report.refused) == (60, 0)


@needs_shared
async def test_a_made_return_of_many_batches_is_imported_whole_and_again_unchanged(transactions: Transactions) -> None:
    command = [
        sys.executable,
        str(SHARED / "tools" / "make_sen2.py"),
        "--la",
        "990",
        "--persons",
        "1200",
        "--seed",
        "7",
    ]
    made = subprocess.run(command, check=True, capture_output=True).stdout.decode()  # noqa: ASYNC221  (nothing waits)
    report = await do_import(transactions, made)
    assert (report.new, report.refused) == (1200, 0)
    again = await do_import(transactions, made)
    assert (again.unchanged, again.changed, again.new) == (1200, 0, 0)


async def test_a_child_recorded_elsewhere_at_the_same_moment_is_a_conflict_and_nothing_is_kept(
    transactions: Transactions,
) -> None:
    """A portal records a child between its look-up and its writing: the import says so, and nothing of the child."""
    portal = transactions.begin(None)
    tx = await portal.__aenter__()
    await tx.connection.execute(
        insert(tables.child).values(
            owner_id=OWN,
            id=UUID(int=77),
            family_name="Appleby",
            given_names=["Zoë"],
            date_of_birth=date(2013, 5, 2),
            sex=Sex.FEMALE,
            upn="R990200013001",
            source=Source.GRAPHQL,
            updated_at=tx.now,
        )
    )
    importing = asyncio.create_task(do_import(transactions, GOOD))
    await asyncio.sleep(0.5)  # by now it waits for the portal's row
    await portal.__aexit__(None, None, None)
    with pytest.raises(Problem) as refused:
        await importing
    assert (refused.value.kind, refused.value.rule) == (Kind.CONFLICT, "changed")
    assert "Appleby" not in refused.value.message
    assert len(await rows(transactions, "SELECT id FROM child")) == 1
