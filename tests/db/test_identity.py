"""Two records of one child: brought forward, made one by a person, and two again."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from hub.actions.identity import decide
from hub.actions.transaction import Transactions
from hub.errors import Kind, Problem
from hub.law.caller import Caller
from hub.law.vocabulary import IdentityDecision, OrganisationKind
from tests.db.test_import_return import CALLER, GOOD, OTHER, do_import, everything, make_bodies, newer, rows

CLERK = replace(CALLER, person="clerk-1", scopes=frozenset({"assessment.write", "child.read"}))
STRANGER = replace(CLERK, organisation=OTHER, organisation_code="991")
AS_ANOTHER_SYSTEM_HAS_HER = {
    "<Surname>Appleby</Surname>": "<Surname>Applebx</Surname>",
    "<PostCode>ZZ99 1AA</PostCode>": "<PostCode>ZZ98 7AA</PostCode>",
    "<UPN>R990200013001</UPN>": "<UPNunknown>UN1</UPNunknown>",
}
AUDIT = {"disagreement", "event", "replay_mark", "identity_candidate", "identity_merge", "import_run", "source"}


async def _choose(transactions: Transactions, caller: Caller, candidate: UUID, *said: Any, **more: Any) -> UUID:
    async with transactions.begin(caller) as tx:
        return await decide(tx, candidate_id=candidate, decision=said[0], **more)


@pytest.fixture
async def pair(transactions: Transactions) -> dict[str, Any]:
    """Zoë Appleby, and Zoë Applebx of a later file, brought forward."""
    await make_bodies(transactions)
    await do_import(transactions, GOOD)
    assert await rows(transactions, "SELECT * FROM identity_candidate") == []
    one = GOOD[: GOOD.index("<!-- 2:")] + "</Persons></Message>"
    changed = newer(one, AS_ANOTHER_SYSTEM_HAS_HER)
    assert (await do_import(transactions, changed)).new == 1
    (found,) = await rows(transactions, "SELECT * FROM identity_candidate")
    return found


async def test_what_may_be_one_child_is_brought_forward_once(transactions: Transactions, pair: dict[str, Any]) -> None:
    assert pair["reasons"] == ["DATE_OF_BIRTH_SAME", "FAMILY_NAME_ALIKE", "GIVEN_NAME_SAME", "POSTCODE_DIFFERS"]
    assert pair["score"] == 22
    await do_import(transactions, newer())
    assert len(await rows(transactions, "SELECT * FROM identity_candidate")) == 1


async def test_an_import_says_how_many_wait_for_a_person_and_where(transactions: Transactions) -> None:
    """Pairs that it brought forward, and persons whom it set aside because they may be more than one child."""
    await make_bodies(transactions)
    first = await do_import(transactions, GOOD)
    assert (first.pairs, first.undecided, "/review" in first.as_text()) == (0, 0, False)
    one, sixth = GOOD[: GOOD.index("<!-- 2:")], GOOD[GOOD.index("<!-- 6") : GOOD.index("<!-- 7")]
    content = newer(one, AS_ANOTHER_SYSTEM_HAS_HER) + sixth + sixth + "</Persons></Message>"
    report = await do_import(transactions, content)
    assert (report.new, report.refused, report.pairs, report.undecided) == (1, 1, 1, 1), report.problems
    said = report.as_text()
    assert "for a person to decide on /review" in said
    assert "1  pairs of records" in said
    assert "1  refused persons" in said
    told = report.as_values()
    assert (told["pairs"], told["undecided"], told["decided_on"]) == (1, 1, "/review")
    (run, _) = await rows(transactions, "SELECT counts FROM import_run ORDER BY reference_date DESC")
    assert run["counts"]["pairs"] == 1


async def test_a_merge_moves_everything_and_a_split_puts_it_back(
    transactions: Transactions, pair: dict[str, Any]
) -> None:
    before = await everything(transactions)
    stays, goes = sorted((pair["child_id"], pair["other_child_id"]))
    assert await _choose(transactions, CLERK, pair["id"], IdentityDecision.MERGE, keep=stays) == stays
    merged = await everything(transactions)
    for table, found in merged.items():
        if table not in AUDIT:
            assert not any(str(goes) in row for row in found), table
            assert len(found) == len(before[table]) - (table == "child")
    with pytest.raises(Problem, match="one record already"):
        await _choose(transactions, CLERK, pair["id"], IdentityDecision.MERGE)
    with pytest.raises(Problem, match="decide SPLIT"):
        await _choose(transactions, CLERK, pair["id"], IdentityDecision.KEEP_APART)

    # What is recorded below a row since goes back with it.
    moved = await rows(
        transactions, "SELECT jsonb_array_elements_text(moved -> 'plan.child_id') AS id FROM identity_merge"
    )
    async with transactions.begin(None) as tx:
        await tx.connection.execute(
            text(
                "INSERT INTO outcome (owner_id, id, child_id, plan_id, ordinal, description) "
                "SELECT owner_id, gen_random_uuid(), child_id, id, 1, 'Reads aloud' FROM plan WHERE id = :plan"
            ),
            {"plan": moved[0]["id"]},
        )
    await _choose(transactions, CLERK, pair["id"], IdentityDecision.SPLIT)
    after = await everything(transactions)
    (outcome,) = await rows(transactions, "SELECT child_id FROM outcome")
    assert outcome["child_id"] == goes
    for table, found in after.items():
        if table not in AUDIT | {"child", "outcome"}:
            assert found == before[table], table
    children = "SELECT id, family_name, postcode, upn, nhs_number FROM child ORDER BY id"
    assert [each["id"] for each in await rows(transactions, children) if each["id"] in (stays, goes)] == [stays, goes]
    kinds = await rows(transactions, "SELECT kind FROM event WHERE kind LIKE 'records_%' ORDER BY recorded_at, id")
    assert {each["kind"] for each in kinds} == {"records_merged", "records_split"}
    with pytest.raises(Problem, match="nothing to part"):
        await _choose(transactions, CLERK, pair["id"], IdentityDecision.SPLIT)


async def test_only_a_person_of_the_authority_decides(transactions: Transactions, pair: dict[str, Any]) -> None:
    """Row 66 of the bad inputs: to another authority the pair is as unknown as any id."""
    answers = set[str]()
    for caller, candidate in ((STRANGER, pair["id"]), (STRANGER, UUID(int=77)), (CLERK, UUID(int=77))):
        with pytest.raises(Problem) as refused:
            await _choose(transactions, caller, candidate, IdentityDecision.MERGE)
        answers.add(f"{refused.value.kind} {refused.value.rule} {refused.value.message}")
    trust = replace(STRANGER, organisation_kind=OrganisationKind.NHS_TRUST)
    with pytest.raises(Problem) as refused:
        await _choose(transactions, trust, pair["id"], IdentityDecision.MERGE)
    answers.add(f"{refused.value.kind} {refused.value.rule} {refused.value.message}")
    assert len(answers) == 1
    for caller in (replace(CLERK, person=None), replace(CLERK, scopes=frozenset({"child.read"}))):
        with pytest.raises(Problem) as refused:
            await _choose(transactions, caller, pair["id"], IdentityDecision.MERGE)
        assert refused.value.kind is Kind.FORBIDDEN
    with pytest.raises(Problem, match="one of the two"):
        await _choose(transactions, CLERK, pair["id"], IdentityDecision.MERGE, keep=UUID(int=77))
    await _choose(transactions, CLERK, pair["id"], IdentityDecision.KEEP_APART)
    (found,) = await rows(transactions, "SELECT decision FROM identity_candidate")
    assert found["decision"] == "KEEP_APART"


MOVED_OTHERWISE = {"identity_merge": "it keeps the ids of the records that are no more; the merge itself moves it"}
"""What refers to a child and is not moved row by row, and why."""

MOVES = """
SELECT c.conrelid::regclass::text AS table, a.attname AS column,
       has_column_privilege('hub_worker', c.conrelid, a.attnum, 'UPDATE') AS may
  FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[2]
 WHERE c.contype = 'f' AND c.confrelid = 'child'::regclass AND c.conparentid = 0
"""


async def test_whatever_refers_to_a_child_can_be_moved_to_the_record_that_stays(transactions: Transactions) -> None:
    """A new table that forgets its GRANT UPDATE (child_id) would keep every merge and split of its children away."""
    found = await rows(transactions, MOVES)
    cannot = {f"{each['table']}.{each['column']}" for each in found if not each["may"]}
    assert cannot == set(), "grant hub_worker UPDATE of these in the migration that makes them"
    referring = {each["table"] for each in found}
    assert MOVED_OTHERWISE.keys() <= referring
    moved = {each["named"] for each in await rows(transactions, "SELECT * FROM refers_to_child()")}
    assert referring - moved == MOVED_OTHERWISE.keys()
