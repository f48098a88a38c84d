"""Over a running hub: a row of a return, a row of an extract and a FHIR message that wait, to their end, by HTTP and by
the command."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.auth.assertions import fetch_person_token
from tests.contract.fhir_world import FHIR_JSON, HUB, ODS
from tests.contract.test_fhir_messages import child, notice
from tests.db.test_import_return import GOOD
from tests.extracts import ONE_ROW_A_CHILD
from tests.running import RunningHub

MAPPING = Path(__file__).parents[2] / "adapters" / "la_extract" / "examples" / "one-row-a-child.yaml"
FIELDS = "id form place version resolution mended problems { rule message } steps { step person why }"
LIST = (
    "query($forms: [QuarantineForm!]) { quarantine(filter: {waiting: true, forms: $forms}) "
    f"{{ nodes {{ {FIELDS} }} }} }}"
)
OPEN = "mutation($i: OpenQuarantinedInput!) { openQuarantined(input: $i) { content asItCame item { version } } }"
MEND = f"mutation($i: MendQuarantinedInput!) {{ mendQuarantined(input: $i) {{ item {{ {FIELDS} }} }} }}"
REPLAY = f"mutation($i: ReplayInput!) {{ replayQuarantined(input: $i) {{ item {{ {FIELDS} }} refusals {{ rule }} }} }}"
DISCARD = f"mutation($i: DiscardQuarantinedInput!) {{ discardQuarantined(input: $i) {{ item {{ {FIELDS} }} }} }}"


class Person:
    """Somebody who has signed in at a portal of the demo."""

    def __init__(self, hub: RunningHub, client_id: str, username: str) -> None:
        key, back = hub.client(client_id)["private_key"], "http://127.0.0.1:3000/callback"
        token = fetch_person_token(hub.base_url, client_id, key, username=username, redirect_uri=back)
        self._hub, self._token = hub, token["access_token"]

    def asks(self, document: str, **variables: Any) -> Any:
        answer = httpx.post(
            f"{self._hub.base_url}/graphql",
            json={"query": document, "variables": variables},
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=30,
        )
        return answer.json()

    def does(self, document: str, **given: Any) -> Any:
        """The one field of the answer's data; or the code of the error."""
        answer = self.asks(document, i=given)
        if answer.get("errors"):
            return answer["errors"][0]["extensions"]["code"]
        return next(iter(answer["data"].values()))


@pytest.fixture(scope="module")
def tamsin(hub: RunningHub) -> Person:
    return Person(hub, "southwoldvale-portal", "tamsin.okonjo")


def _waiting(person: Person, form: str) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = person.asks(LIST, forms=[form])["data"]["quarantine"]["nodes"]
    return nodes


def _metric(hub: RunningHub, form: str) -> float:
    said = httpx.get(f"{hub.base_url}/metrics").text
    found = re.search(rf'hub_quarantine_waiting{{form="{form}"}} (\S+)', said)
    assert found is not None
    return float(found[1])


def test_a_row_of_a_return_by_http(hub: RunningHub, tamsin: Person, tmp_path: Path) -> None:
    """Listed with its reason and none of its data, read on record, mended, and replayed once. Others find nothing."""
    first, last = GOOD.index("<Person>"), GOOD.index("</Persons>")
    person = GOOD[first : GOOD.index("</Person>", first) + len("</Person>")]
    person = person.replace("Appleby", "Quarry").replace("2013-05-02", "2013-02-31").replace("R990200013001", "")
    file = tmp_path / "return.xml"
    file.write_text((GOOD[:first] + person + GOOD[last:]).replace("<LEA>990<", "<LEA>991<"), encoding="utf-8")
    before = _metric(hub, "SEN2_PERSON")
    assert hub.command_here("import", "sen2", str(file), "--authority", "991").returncode == 3
    assert _metric(hub, "SEN2_PERSON") == before + 1
    item = next(each for each in _waiting(tamsin, "SEN2_PERSON") if each["problems"][0]["rule"] == "date-format")
    assert "Quarry" not in json.dumps(item)
    which = {"item": item["id"]}

    elsewhere = Person(hub, "northmere-portal", "bryony.castell")
    assert item["id"] not in {each["id"] for each in _waiting(elsewhere, "SEN2_PERSON")}
    for document, given in (
        (OPEN, {"reason": "curious"}),
        (MEND, {"version": 1, "reason": "curious", "newChild": True}),
        (REPLAY, {}),
        (DISCARD, {"version": 1, "reason": "NOT_OURS"}),
    ):
        assert elsewhere.does(document, **which, **given) == "NOT_FOUND"
    machine = hub.graphql("southwoldvale-portal", REPLAY, {"i": which})
    assert machine["errors"][0]["extensions"]["code"] == "FORBIDDEN"

    opened = tamsin.does(OPEN, **which, reason="to correct the date")
    assert "Quarry" in opened["content"]
    assert opened["item"]["version"] == 1
    right = opened["content"].replace("2013-02-31", "2013-02-28")
    assert tamsin.does(MEND, **which, version=1, reason="typed", content="<Person>") == "INVALID"
    assert tamsin.does(MEND, **which, version=7, reason="typed", content=right) == "CONFLICT"
    mended = tamsin.does(MEND, **which, version=1, reason="typed wrongly", content=right)["item"]
    assert (mended["version"], mended["mended"]) == (2, True)
    replayed, again = tamsin.does(REPLAY, **which), tamsin.does(REPLAY, **which)
    assert (replayed["item"]["resolution"], replayed["refusals"]) == ("REPLAYED", [])
    assert again == replayed, "it is done once"
    assert [(each["step"], each["why"]) for each in replayed["item"]["steps"]] == [
        ("OPENED", "to correct the date"),
        ("MENDED", "typed wrongly"),
        ("REPLAYED", None),
    ]
    found = tamsin.asks('{ children(first: 5, filter: {familyNameStartsWith: "Quarry"}) { totalCount } }')
    assert found["data"]["children"]["totalCount"] == 1
    assert _metric(hub, "SEN2_PERSON") == before


def test_a_row_of_an_extract_by_the_command(hub: RunningHub, tmp_path: Path) -> None:
    """Shown without its data, which takes a reason; mended from a file, replayed; another one put aside."""
    row = ONE_ROW_A_CHILD.replace("Appleby", "Quill").replace("02/05/2013", "31/02/2013").replace("R990200013001", "")
    file = tmp_path / "extract.csv"
    file.write_text("\n".join([*row.split("\n")[:2], "C7,few"]), encoding="utf-8")
    importing = ("import", "extract", str(file), "--mapping", str(MAPPING), "--authority", "991")
    assert hub.command_here(*importing).returncode == 3
    listed = hub.command_here("quarantine", "list", "--body", "991", "--form", "EXTRACT_ROWS")
    assert "Quill" not in listed.stdout
    lines = {line.split("  ")[-1]: line.split("  ")[0] for line in listed.stdout.splitlines()}
    item, other = lines["date-format"], lines["row-unreadable"]
    shown = hub.command_here("quarantine", "show", item)
    assert "version  1" in shown.stdout
    assert "Quill" not in shown.stdout
    assert hub.command_here("quarantine", "show", item, "--content").returncode == 3, "it takes a reason"
    assert hub.command_here("quarantine", "show", "banana").returncode == 3
    read = hub.command("quarantine", "show", item, "--content", "--reason", "to correct the date")
    mended = tmp_path / "mended.json"
    mended.write_text(read.stdout.replace("31/02/2013", "28/02/2013"), encoding="utf-8")
    again = hub.command_here("quarantine", "replay", item)
    assert (again.returncode, "date-format" in again.stdout) == (3, True)
    mending = ("quarantine", "mend", item, "--file", str(mended), "--reason", "typed wrongly", "--version")
    assert hub.command_here(*mending, "1").returncode == 3, "it was replayed since"
    assert hub.command_here(*mending, "2").returncode == 0
    assert hub.command_here("quarantine", "replay", item).returncode == 0
    putting = ("quarantine", "discard", other, "--version", "1", "--reason")
    assert hub.command_here(*putting, "BORED").returncode == 3
    assert hub.command_here(*putting, "SENT_IN_ERROR").returncode == 0
    shown = hub.command_here("quarantine", "list", "--body", "991", "--resolved")
    assert f"{other}" in shown.stdout
    assert "DISCARDED" in shown.stdout
    assert "operator" in hub.command_here("quarantine", "show", item).stdout


def test_a_fhir_notification_by_the_command(hub: RunningHub, tmp_path: Path) -> None:
    """A trust's system is told what is wrong, and somebody of the trust need not send it again."""
    wrong = notice(child("9990000043", name=[{"family": "Quist", "given": ["Bo"]}]))
    wrong["recipient"] = [{"identifier": {"system": f"{HUB}/Id/local-authority-code", "value": "991"}}]
    wrong["sender"] = {"identifier": {"system": ODS, "value": "ZZR01"}}
    token = {"Authorization": f"Bearer {hub.token('mereside-ehr')}", "Content-Type": FHIR_JSON}
    sent = httpx.post(f"{hub.base_url}/fhir/R4/Communication", json=wrong, headers=token)
    assert sent.status_code == 422, sent.text
    listed = hub.command_here("quarantine", "list", "--body", "ZZR01", "--form", "FHIR_WRITE")
    ours = ("POST /Communication", "nhs-number-check-digit")
    line = next(each for each in listed.stdout.splitlines() if all(said in each for said in ours))
    item = line.split("  ")[0]
    mended = tmp_path / "mended.json"
    mended.write_text(json.dumps(wrong).replace("9990000043", "9990000042"), encoding="utf-8")
    mending = ("quarantine", "mend", item, "--file", str(mended), "--version", "1", "--reason", "typed wrongly")
    assert hub.command_here(*mending).returncode == 0
    replayed = hub.command_here("quarantine", "replay", item)
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    assert "REPLAYED" in hub.command_here("quarantine", "show", item).stdout
