"""The people of the synthetic county and the words of their records."""

import re
from collections import Counter
from datetime import date

from hub.county.county import County
from hub.county.documents import pdf
from hub.law.interpretation import check_la_code, check_nhs_number, check_ods_code, check_uln, check_upn, check_urn
from hub.law.vocabulary import (
    SectionCode,
)
from tests.counties import IN_FORCE, by_id, words


def test_identifiers_pass_their_checks(told: tuple[County, date]) -> None:
    county, _ = told
    for child in county.rows["child"]:
        if child["nhs_number"]:
            assert check_nhs_number(child["nhs_number"]).startswith("999")
        if child["upn"]:
            assert check_upn(child["upn"])[1:4] in {"990", "991"}
        assert (child["upn"] is None) == (child["upn_unknown_reason"] is not None)
        assert re.fullmatch(r"ZZ99 [1-9][A-Z]{2}", child["postcode"])
    for identifier in county.rows["child_identifier"]:
        if identifier["system"] == "unique-learner-number":
            check_uln(identifier["value"])
    for body in county.rows["organisation"]:
        for code, passes in (("la_code", check_la_code), ("ods_code", check_ods_code), ("urn", check_urn)):
            assert body[code] is None or passes(body[code])
        assert (body["ods_code"] or "ZZ").startswith("ZZ")
    assert {body.code for body in county.authorities} == {"990", "991"}


def test_one_person_may_have_a_record_with_each_authority_after_a_move(county: County) -> None:
    numbers = Counter(child["nhs_number"] for child in county.rows["child"] if child["nhs_number"])
    moved = {number for number, count in numbers.items() if count == 2}
    assert len(moved) == 2
    assert max(numbers.values()) == 2
    for number in moved:
        old, new = (child for child in county.rows["child"] if child["nhs_number"] == number)
        assert old["owner_id"] != new["owner_id"]
        assert (old["family_name"], old["upn"]) == (new["family_name"], new["upn"])


def test_two_records_of_one_authority_may_be_one_childs(told: tuple[County, date]) -> None:
    """The reasons say what agrees and what differs, and never a value."""
    county, _ = told
    children = by_id(county.rows["child"])
    (candidate,) = county.rows["identity_candidate"]
    one, other = children[candidate["child_id"]], children[candidate["other_child_id"]]
    assert one["id"] != other["id"]
    assert one["family_name"] == other["family_name"]
    for reason in candidate["reasons"]:
        column, _, word = reason.rpartition("-")
        column = column.replace("-", "_")
        assert word == ("agrees" if one[column] == other[column] else "differs")


def test_ages_run_from_two_to_twenty_four(told: tuple[County, date]) -> None:
    county, today = told
    ages = [(today - child["date_of_birth"]).days / 365.25 for child in county.rows["child"]]
    assert min(ages) >= 2
    assert max(ages) < 25
    assert sum(age < 5 for age in ages) >= 12


def test_nobody_can_be_reached(told: tuple[County, date]) -> None:
    for contact in told[0].rows["contact"]:
        assert re.fullmatch(r"07700 900\d{3}", contact["telephone"])
        assert contact["email"] is None or contact["email"].endswith("@example.org")
        assert "ZZ99" in contact["address"]


def test_every_text_is_filled_in_and_reads_as_english(told: tuple[County, date]) -> None:
    for text in words(told[0]):
        assert text.strip()
        assert not re.search(r"[\[\]{}|]", text), text
        assert not re.search(r"\ba (occup|educ|emot|orth|indep|audio|autis)", text), text
        assert "  " not in text


def test_plans_do_not_read_as_clones(county: County) -> None:
    finals = {row["id"] for row in county.rows["plan"] if row["status"] in IN_FORCE}
    for code in (SectionCode.A, SectionCode.B, SectionCode.F):
        texts = [row["text"] for row in county.rows["plan_section"] if row["plan_id"] in finals and row["code"] is code]
        assert len(set(texts)) > 0.97 * len(texts)


def test_a_document_is_a_pdf_whose_table_finds_its_objects() -> None:
    content = pdf("Advice (1)", ["Jabłoński \\ é"])
    at = int(content.split(b"startxref\n")[1].split(b"\n")[0])
    assert content[at:].startswith(b"xref\n0 6\n")
    places = [int(line[:10]) for line in content[at:].split(b"\n")[3:8]]
    assert all(content[place:].startswith(b"%d 0 obj" % number) for number, place in enumerate(places, start=1))
    assert b"(Advice \\(1\\)) Tj" in content
    assert "(Jablonski \\\\ é) Tj".encode("cp1252") in content


def test_documents_are_as_large_as_they_say(county: County) -> None:
    for row in county.rows["document"]:
        assert row["size"] == len(row["content"]) < 20_000
        assert row["content"].startswith(b"%PDF-1.4") == (row["media_type"] == "application/pdf")
    assert {row["media_type"] for row in county.rows["document"]} == {"application/pdf", "text/plain"}
