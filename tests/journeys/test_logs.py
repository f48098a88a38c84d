"""The county goes through everything, good and bad, and the logs tell nothing of a child.

What every other test made the demo write is searched as well, when it ends (`tests.running`).
"""

import re
from pathlib import Path

import httpx
import pytest

from tests.running import RunningHub, personal_data_in

DATA = Path(__file__).parents[1] / "data"
BUNDLE = (DATA / "advice-bundle.json").read_bytes()
RETURN = (DATA / "return.xml").read_bytes()
CHILDREN = "{ children(first: 100) { nodes { id familyName givenNames postcode nhsNumber } } }"


@pytest.mark.parametrize(
    "text",
    [
        "for 999 012 3456",
        '{"nhs":"9990123456"}',
        "at ZZ12 3AB",
        "Bearer eyJhbGciOiJFUzM4NCJ9.e30",
        "child Testchild",
    ],
)
def test_what_must_not_be_written_is_found(text: str) -> None:
    assert personal_data_in(text)
    assert not personal_data_in(re.sub(r"\d|eyJ|Testchild", "", text))


def of_others(text: str) -> str:
    """A return of other persons: those of the files themselves are new in another journey."""
    text = re.sub(r"<UPN>.*?</UPN>", "<UPNunknown>UN1</UPNunknown>", text)
    text = re.sub(r"<Surname>", "<Surname>Of", text)
    return re.sub(r"(<PersonBirthDate>\d{4}-\d\d-)\d\d", r"\g<1>27", text)


def test_nothing_of_a_child_is_written(hub: RunningHub, tmp_path: Path) -> None:
    """Questions that fail, Bundles and returns good and broken, and what is no request, all with a child's data."""
    child = hub.graphql("northmere-portal", CHILDREN)["data"]["children"]["nodes"][0]
    named = f"{child['familyName']} {child['nhsNumber']} {child['postcode']}"
    assert personal_data_in(named)
    for each in ("northmere-portal", "mereside-ehr", "marchland-trust-ehr"):
        token = hub.token(each)
        sent = {"Authorization": f"Bearer {token}", "X-Request-ID": "kept"}
        with httpx.Client(base_url=hub.base_url, headers=sent, timeout=30) as http:
            for query in (CHILDREN, f'{{ node(id: "{named}") {{ id }} }}', f"{{ {named} }}", child["id"]):
                http.post("/graphql", json={"query": query, "variables": {"name": named}})
            http.post("/graphql", content=f'{{"query": "{named}')
            for body in (BUNDLE, BUNDLE.replace(b"Bundle", named.encode()), BUNDLE[:200], named.encode()):
                http.post("/fhir/R4", content=body, headers={"Content-Type": "application/fhir+json"})
            http.get("/fhir/R4/Patient", params={"identifier": named, "name": named})
            http.post("/import/sen2", params={"authority": "990"}, content=RETURN.replace(b"Person", named.encode()))
            http.get(f"/children/{named}", headers={"Cookie": f"session={token}"})
            http.post("/oauth/token", data={"client_id": named, "client_assertion": token})
    for path in ("return-with-mistakes.xml", "return.xml"):
        (tmp_path / path).write_text(of_others((DATA / path).read_text("utf-8")), "utf-8")
        done = hub.command("import", "sen2", str(tmp_path / path), "--authority", "990")
        assert re.search(r"new +[1-9]", done.stdout), done.stdout + done.stderr
    log = (hub.data_dir / "demo.log").read_text()
    assert "worker_started" in log
    assert personal_data_in(log) == []
