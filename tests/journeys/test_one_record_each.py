"""Over a running hub two case systems, the return and a trust tell of the same children, by the commands and by FHIR.

One record of each child, with every source to be seen; the authority's own return, written from them, comes back and
changes nobody.
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.contract.fhir_world import FHIR_JSON, HUB, ODS, coded
from tests.contract.test_fhir_messages import child as patient
from tests.contract.test_fhir_messages import notice
from tests.extracts import EXAMPLES, HEADER, ONE_ROW_A_PLAN
from tests.running import RunningHub
from tests.unit.test_sen2_reading import a_upn

AUTHORITY, PORTAL = "991", "southwoldvale-portal"
ROW_A_PLAN = ONE_ROW_A_PLAN.split("\n", 1)[0]
SEEN = """query($upn: UPN) { child(upn: $upn) {
  familyName nhsNumber nhsNumberStatus
  sources { source system saidBy { odsCode } }
  disagreements { field rule values { value saidBy stands } }
} }"""


@dataclass(frozen=True)
class Pupil:
    """A child whom four systems know."""

    family: str
    given: str
    born: str
    home: str
    upn: str
    nhs_number: str
    known_to_the_trust_as: str

    def day(self, form: str) -> str:
        year, month, day = self.born.split("-")
        names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
        return form.format(year=year, month=month, day=day, name=names[int(month) - 1])


PUPILS = (
    Pupil("Quenby", "Isla", "2013-03-04", "ZZ97 1AA", a_upn("991200013901"), "9990001014", "Quenby"),
    Pupil("Yarrow", "Théo", "2014-09-17", "ZZ97 1AB", a_upn("991200014902"), "9990001022", "Yarrow-Finch"),
    Pupil("Ostrander", "Wyn", "2012-12-01", "ZZ97 1AD", a_upn("991200012903"), "9990001030", "Ostrander"),
)


def returned() -> str:
    header = (
        f"<Header><CollectionDetails><Collection>SEN2</Collection><Year>2026</Year></CollectionDetails>"
        f"<Source><LEA>{AUTHORITY}</LEA></Source></Header>"
    )
    persons = "".join(
        f"<Person><Surname>{each.family}</Surname><Forename>{each.given}</Forename>"
        f"<PersonBirthDate>{each.born}</PersonBirthDate><Sex>F</Sex><PostCode>{each.home}</PostCode><UPN>{each.upn}</UPN>"
        "<Requests><ReceivedDate>2022-03-01</ReceivedDate><RequestSource>2</RequestSource>"
        "<RequestOutcomeDate>2022-04-05</RequestOutcomeDate><RequestOutcome>Y</RequestOutcome><Assessment>"
        "<AssessmentOutcome>Y</AssessmentOutcome><AssessmentOutcomeDate>2022-10-20</AssessmentOutcomeDate><NamedPlan>"
        "<StartDate>2022-11-01</StartDate></NamedPlan></Assessment><ActivePlans><ReviewMeeting>2025-10-14</ReviewMeeting>"
        "<SENneed><SENtype>ASD</SENtype><SENtypeRank>1</SENtypeRank></SENneed></ActivePlans></Requests></Person>"
        for each in PUPILS
    )
    return f"<Message>{header}<Persons>{persons}</Persons></Message>"


def a_row_a_child() -> str:
    rows = [
        f"C{number},{each.nhs_number[:3]} {each.nhs_number[3:6]} {each.nhs_number[6:]},Open,{each.family},{each.given},"
        f"{each.day('{day}/{month}/{year}')},Female,{each.home},{each.upn},01/03/2022,School,05/04/2022,Agreed,20/10/2022,"
        "Issue,01/11/2022,,14/10/2025,No change,Autism"
        for number, each in enumerate(PUPILS, start=91)
    ]
    return "\n".join([HEADER, *rows, ""])


def a_row_a_plan() -> str:
    rows = [
        f"P-{number};{each.family};{each.given};{each.day('{day}-{name}-{year}')};F;{each.home};{each.upn};01-Mar-2022;2;"
        "05-Apr-2022;ASSESS;20-Oct-2022;01-Nov-2022;;;"
        for number, each in enumerate(PUPILS, start=91)
    ]
    return "\n".join([ROW_A_PLAN, *rows, ""])


def tell(hub: RunningHub, pupil: Pupil) -> httpx.Response:
    """The trust brings a child to the authority's attention (s. 24), as its system has it."""
    who = patient(
        pupil.nhs_number,
        traced="01",
        born=pupil.born,
        name=[{"family": pupil.known_to_the_trust_as, "given": [pupil.given]}],
        address=[{"postalCode": pupil.home}],
    )
    said = notice(who, category=[coded("send-notification-basis", "s24-brought-to-attention")])
    said["recipient"] = [{"identifier": {"system": f"{HUB}/Id/local-authority-code", "value": AUTHORITY}}]
    said["sender"] = {"identifier": {"system": ODS, "value": "ZZR01"}}
    headers = {"Authorization": f"Bearer {hub.token('mereside-ehr')}", "Content-Type": FHIR_JSON}
    return httpx.post(
        f"{hub.base_url}/fhir/R4/Communication", json=said, headers=headers | {"X-Request-ID": str(uuid4())}, timeout=30
    )


def seen(hub: RunningHub, pupil: Pupil) -> Any:
    answer = hub.graphql(PORTAL, SEEN, {"upn": pupil.upn})
    assert "errors" not in answer, answer
    return answer["data"]["child"]


def imported(hub: RunningHub, *arguments: str, status: int = 0) -> dict[str, Any]:
    """What the report says, as it lies in its file."""
    done = hub.command_here("import", *arguments, "--authority", AUTHORITY)
    assert done.returncode == status, done.stdout + done.stderr
    return dict(json.loads(Path(done.stdout.rpartition("report: ")[2].strip()).read_text()))


@pytest.mark.timeout(300)
def test_four_sources_are_one_record_of_each_child_and_its_return_comes_back_unchanged(
    hub: RunningHub, tmp_path: Path
) -> None:
    sen2, child, plan = (tmp_path / name for name in ("return.xml", "children.csv", "plans.csv"))
    sen2.write_text(returned(), "utf-8")
    child.write_text(a_row_a_child(), "utf-16")
    plan.write_text(a_row_a_plan(), "cp1252")
    by = {name: str(EXAMPLES / f"{name}.yaml") for name in ("one-row-a-child", "one-row-a-plan")}

    first = imported(hub, "sen2", str(sen2))
    assert (first["new"], first["refused"], first["pairs"]) == (3, 0, 0), first
    for extract, mapping in ((child, "one-row-a-child"), (plan, "one-row-a-plan")):
        told = imported(hub, "extract", str(extract), "--mapping", by[mapping])
        assert (told["read"], told["new"], told["refused"]) == (3, 0, 0), told
    for pupil in PUPILS:
        assert tell(hub, pupil).status_code == 201

    for pupil in PUPILS:
        record = seen(hub, pupil)
        assert [(each["source"], each["system"], each["saidBy"]) for each in record["sources"]] == [
            ("SEN2_RETURN", None, None),
            ("EXTRACT", "caseworks", None),
            ("EXTRACT", "plantrack", None),
            ("FHIR", None, {"odsCode": "ZZR01"}),
        ]
        assert (record["nhsNumber"], record["nhsNumberStatus"]) == (pupil.nhs_number, "VERIFIED")
        assert record["familyName"] == pupil.family
        alike = hub.graphql(
            PORTAL,
            "query($n: String) { children(first: 2, filter: {familyNameStartsWith: $n}) { totalCount } }",
            {"n": pupil.family},
        )
        assert alike["data"]["children"]["totalCount"] == 1
        differ = record["disagreements"]
        if pupil.known_to_the_trust_as == pupil.family:
            assert differ == []
            continue
        assert [(each["field"], each["rule"]) for each in differ] == [("FAMILY_NAME", "KEPT_BY_THE_AUTHORITY")]
        assert {(each["value"], each["saidBy"], each["stands"]) for each in differ[0]["values"]} == {
            (pupil.family, None, True),
            (pupil.known_to_the_trust_as, "ZZR01", False),
        }

    _its_return_comes_back(hub, tmp_path / "out.xml")


def _its_return_comes_back(hub: RunningHub, out: Path) -> None:
    """Nothing is wrong with these children's part of it; and of all the authority's children, none is changed by it."""
    exporting = ("export", "sen2", "--authority", AUTHORITY, "--year", "2026", "--out", str(out))
    done = hub.command_here(*exporting)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Would be refused" not in done.stdout
    with out.with_name("out.problems.csv").open(newline="") as file:
        assert {each["severity"] for each in csv.DictReader(file)} <= {"warning"}
    again = imported(hub, "sen2", str(out))
    assert (again["new"], again["changed"], again["refused"]) == (0, 0, 0), again
    assert again["unchanged"] == again["read"] > len(PUPILS)
