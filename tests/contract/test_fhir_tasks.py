"""A trust's system finds its requests as Tasks, and so receives them; it acknowledges, accepts, declines (s. 31)."""

from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import select

from adapters.nhs_fhir.readable import READABLE
from adapters.nhs_fhir.showing import Kind
from fhir_mappings import guide
from hub.actions import disclosure
from hub.db import tables
from hub.law.reg8_time_limit import Part3Function
from hub.law.reg17_disclosure import Part, Purpose
from hub.law.reg17_grounds import DisclosureDecision, Ground
from tests.conftest import NOW
from tests.contract.fhir_world import (
    ADAS_NUMBER,
    BASE,
    HUB,
    NHS,
    ODS,
    FhirWorld,
    coded,
    issues,
    rules,
    task,
)
from tests.world import ALL_SCOPES

# --- finding and receiving


async def test_the_body_finds_its_request_and_has_thereby_received_it(fhir: FhirWorld) -> None:
    """Reg. 8(1): six weeks of the date on which they receive it. Retrieval is receipt, and the answer says so."""
    request_id = await fhir.asked()
    found = (await fhir.trust.get("/Task", **{"owner:identifier": f"{ODS}|RX1", "status": "requested"})).json()
    assert found["type"] == "searchset"
    assert found["total"] == 1
    [only] = found["entry"]
    assert only["fullUrl"] == f"{BASE}/Task/{request_id}"
    shown = only["resource"]
    assert shown["status"] == "requested"
    assert shown["businessStatus"]["coding"][0]["code"] == "clock-running"
    assert shown["meta"]["versionId"] == "2"
    assert shown["restriction"]["period"]["end"] == "2027-01-03"
    assert shown["executionPeriod"] == {"start": "2026-11-22T12:00:00.000Z"}
    assert shown["for"]["identifier"] == {"system": NHS, "value": ADAS_NUMBER}
    assert shown["owner"] == {
        "type": "Organization",
        "identifier": {"system": ODS, "value": "RX1"},
        "display": "Mere Community Trust",
    }
    assert shown["requester"]["identifier"] == {"system": f"{HUB}/Id/local-authority-code", "value": "990"}
    assert shown["code"]["coding"][0]["code"] == "fulfill"
    assert await fhir.count("event", kind="cooperation_request_received") == 1


async def test_what_nobody_has_acknowledged_is_found_again(fhir: FhirWorld) -> None:
    """A system that fails after polling loses nothing, and receipt is recorded once."""
    await fhir.asked()
    for _ in range(2):
        found = (await fhir.trust.get("/Task", **{"owner:identifier": "RX1", "status": "requested"})).json()
        assert found["total"] == 1
    assert found["entry"][0]["resource"]["meta"]["versionId"] == "2"
    assert await fhir.count("event", kind="cooperation_request_received") == 1


async def test_a_read_of_the_task_or_of_what_it_asks_is_receipt_too(fhir: FhirWorld) -> None:
    for kind in ("Task", "ServiceRequest"):
        request_id = await fhir.asked()
        response = await fhir.trust.get(f"/{kind}/{request_id}")
        assert response.headers["etag"] == 'W/"2"'
        assert response.json()["meta"]["versionId"] == "2"


async def test_the_authority_reads_without_receiving(fhir: FhirWorld) -> None:
    request_id = await fhir.asked()
    response = await fhir.authority.get(f"/Task/{request_id}")
    assert response.headers["etag"] == 'W/"1"'
    assert response.json()["businessStatus"]["coding"][0]["code"] == "awaiting-receipt"
    assert "restriction" not in response.json()
    assert (await fhir.authority.get("/Task", **{"requester:identifier": "990"})).json()["total"] == 1


async def test_head_shows_nothing_and_so_is_refused(fhir: FhirWorld) -> None:
    request_id = await fhir.asked()
    assert (await fhir.trust.send("HEAD", f"/Task/{request_id}")).status_code == 405
    assert (await fhir.authority.get(f"/Task/{request_id}")).headers["etag"] == 'W/"1"'


async def test_a_request_without_a_statutory_clock_has_no_last_day(fhir: FhirWorld) -> None:
    request_id = await fhir.asked(function=Part3Function.SECURING_PROVISION)
    shown = (await fhir.trust.get(f"/Task/{request_id}")).json()
    assert "restriction" not in shown
    assert shown["businessStatus"]["coding"][0]["code"] == "no-statutory-clock"


async def test_what_is_asked_and_of_whom_can_come_with_the_tasks(fhir: FhirWorld) -> None:
    request_id = await fhir.asked(text="Advice on hearing")
    response = await fhir.trust.get("/Task", _include=["Task:focus", "Task:patient"])
    included = {
        each["resource"]["resourceType"]: each
        for each in response.json()["entry"]
        if each["search"]["mode"] == "include"
    }
    assert included["ServiceRequest"]["resource"]["id"] == request_id
    assert included["ServiceRequest"]["resource"]["code"]["text"] == "Advice on hearing"
    assert included["Patient"]["resource"]["birthDate"] == "2016-03-04"
    reader = fhir.partner("reader")
    assert (await reader.get("/Task", _include="Task:patient")).status_code == 403


async def test_the_child_is_shown_as_a_uk_core_patient(fhir: FhirWorld) -> None:
    await fhir.asked()
    shown = (await fhir.trust.get(f"/Patient/{fhir.world.child}")).json()
    [number] = shown["identifier"]
    assert number["value"] == ADAS_NUMBER
    assert number["extension"][0]["valueCodeableConcept"]["coding"][0]["code"] == "01"
    assert shown["name"] == [{"use": "official", "family": "Testchild", "given": ["Ada"]}]
    assert (shown["gender"], shown["birthDate"]) == ("female", "2016-03-04")
    assert "address" not in shown


# --- searching


SEARCHES = [
    ({"owner:identifier": "http://fhir.nhs.uk/id/ODS-organization-code|RX1"}, 2),
    ({"owner:identifier": f"{ODS}|RX2"}, 0),
    ({"owner:identifier": f"{ODS}|nobody"}, 0),
    ({"owner:identifier": "https://example.org/ours|RX1"}, 0),
    ({"requester:identifier": f"{HUB}/Id/local-authority-code|990"}, 2),
    ({"requester:identifier": "991"}, 0),
    ({"patient:identifier": f"{NHS}|{ADAS_NUMBER}"}, 2),
    ({"patient:identifier": "9990000026"}, 0),
    ({"subject:identifier": ADAS_NUMBER, "status": "requested,received"}, 2),
    ({"status": "accepted"}, 0),
    ({"status": "ready,on-hold"}, 0),
    ({"_lastUpdated": "ge2026-11-22"}, 2),
    ({"_lastUpdated": "gt2026-11-22"}, 0),
    ({"_lastUpdated": "ge2026-11-22T11:59:00+00:00"}, 2),
    ({"_lastUpdated": "lt2026-11-22T12:00:00Z"}, 0),
    ({"_lastUpdated": ["ge2026-11-22T12:00:00Z", "le2026-11-22T12:00:00Z"]}, 2),
    ({"_id": "not-an-id"}, 0),
    ({"patient": "Patient/not-an-id"}, 0),
    ({"_count": "100000"}, 2),
    ({"_format": "json"}, 2),
]


async def test_searches(fhir: FhirWorld) -> None:
    await fhir.asked()
    await fhir.asked()
    for query, found in SEARCHES:
        response = await fhir.trust.get("/Task", **query)
        assert response.status_code == 200, response.text
        assert response.json()["total"] == found


async def test_a_search_by_post_keeps_the_nhs_number_out_of_addresses(fhir: FhirWorld) -> None:
    await fhir.asked()
    form = {"patient:identifier": f"{NHS}|{ADAS_NUMBER}", "_count": "1"}
    response = await fhir.trust.send("POST", "/Task/_search", data=form)
    assert response.json()["total"] == 1
    assert all(ADAS_NUMBER not in link["url"] for link in response.json()["link"])
    await fhir.asked()
    links = {
        each["relation"]: each["url"]
        for each in (await fhir.trust.send("POST", "/Task/_search", data=form)).json()["link"]
    }
    assert ADAS_NUMBER not in links["next"]
    following = await fhir.trust.get(f"/Task?{urlsplit(links['next']).query}")
    assert len(following.json()["entry"]) == 1


async def test_next_links_lead_through_all_pages_and_receive_only_what_they_show(fhir: FhirWorld) -> None:
    expected = {await fhir.asked() for _ in range(5)}
    seen: list[str] = []
    query = "owner:identifier=RX1&status=requested&_count=2"
    while True:
        page = (await fhir.trust.get(f"/Task?{query}")).json()
        seen += [each["resource"]["id"] for each in page["entry"]]
        assert await fhir.count("event", kind="cooperation_request_received") == len(seen)
        links = {each["relation"]: each["url"] for each in page["link"]}
        assert links["self"].startswith(f"{BASE}/Task?")
        if "next" not in links:
            break
        query = urlsplit(links["next"]).query
    assert len(seen) == 5
    assert set(seen) == expected


NOT_UNDERSTOOD = [
    ({"colour": "blue"}, "parameter-unknown"),
    ({"owner:missing": "true"}, "parameter-unknown"),
    ({"_sort": "status"}, "parameter-unknown"),
    ({"status": "banana"}, "parameter-value"),
    ({"status": ["requested", "received"]}, "parameter-repeated"),
    ({"_count": "0"}, "parameter-value"),
    ({"_count": "-1"}, "parameter-value"),
    ({"_lastUpdated": "yesterday"}, "parameter-value"),
    ({"_lastUpdated": "ge2026-02-30"}, "parameter-value"),
    ({"_lastUpdated": "ge0001-01-01"}, "parameter-value"),
    ({"_cursor": "%%%"}, "parameter-value"),
    ({"_cursor": "bm90IG91cnM="}, "parameter-value"),
    ({"_include": "Task:owner"}, "parameter-value"),
    ({"owner:identifier": f"{ODS}|"}, "parameter-value"),
    ({"patient:identifier": "urn:x|1"}, "parameter-value"),
    ({"patient:identifier": "9990000019"}, "nhs-number-check-digit"),
]


async def test_a_search_that_is_not_understood_is_refused_whole(fhir: FhirWorld) -> None:
    """A filter that is silently ignored shows more than was asked for."""
    await fhir.asked()
    for query, rule in NOT_UNDERSTOOD:
        response = await fhir.trust.get("/Task", **query)
        assert response.status_code == (422 if rule.startswith("nhs") else 400)
        assert rules(response) == {rule}
        assert await fhir.count("event", kind="cooperation_request_received") == 0


async def test_a_lenient_search_says_what_it_ignored(fhir: FhirWorld) -> None:
    await fhir.asked()
    response = await fhir.trust.get("/Task", headers={"Prefer": "handling=lenient"}, colour="blue")
    assert response.status_code == 200
    outcome = response.json()["entry"][-1]
    assert outcome["search"]["mode"] == "outcome"
    assert outcome["resource"]["issue"][0]["severity"] == "warning"
    assert "colour" not in response.json()["link"][0]["url"]


# --- who may see what


async def test_what_belongs_to_others_and_what_does_not_exist_get_the_same_answer(fhir: FhirWorld) -> None:
    request_id = await fhir.asked()
    answers = set()
    for path in (f"/Task/{request_id}", f"/Task/{uuid4()}", "/Task/banana", f"/Task/{fhir.world.child}"):
        for response in (
            await fhir.other_trust.get(path),
            await fhir.other_trust.put(path, task(path.rpartition("/")[2], "accepted"), headers={"If-Match": 'W/"1"'}),
        ):
            assert response.status_code == 404
            answers.add(response.text)
    assert len(answers) == 1
    assert (await fhir.other_trust.get("/Task")).json()["total"] == 0
    for kind in ("ServiceRequest", "Patient", "Composition", "DocumentReference", "Binary"):
        assert (await fhir.other_trust.get(f"/{kind}/{request_id}")).status_code == 404
    assert (await fhir.other_trust.get(f"/Patient/{fhir.world.child}")).status_code == 404
    assert await fhir.count("disclosure", organisation_id=fhir.world.other_trust) == 0


async def test_a_purpose_that_opens_nothing_shows_nothing(fhir: FhirWorld) -> None:
    request_id = await fhir.asked()
    partner = fhir.partner("for-research")
    assert (await partner.get("/Task")).json()["total"] == 0
    assert (await partner.get(f"/Task/{request_id}")).status_code == 404
    assert await fhir.count("event", kind="cooperation_request_received") == 0


async def test_a_decision_opens_by_fhir_what_it_opens(fhir: FhirWorld) -> None:
    """The same door: who the child is, not where it lives, by a read and by a search, until it is revoked."""
    await fhir.asked()
    partner, path = fhir.partner("for-research"), f"/Patient/{fhir.world.child}"
    number = {"patient:identifier": f"{NHS}|{ADAS_NUMBER}"}
    assert (await partner.get(path)).status_code == 404
    assert (await partner.get("/Task", **number)).json()["total"] == 0
    authority = fhir.world.caller(fhir.world.authority, scopes=ALL_SCOPES | {"arrangement.write"})
    decision = DisclosureDecision(
        ground=Ground.RESEARCH,
        recipients=frozenset({fhir.world.trust}),
        purposes=frozenset({Purpose.RESEARCH}),
        parts=frozenset({Part.IDENTITY, Part.COOPERATION}),
        officer="Head of research",
        reasons="The study may advance the education of children with SEN.",
        starts_on=NOW.date(),
        undertaking_on=NOW.date(),
    )
    async with fhir.transactions.begin(authority) as tx:
        decided = await disclosure.decide_disclosure(tx, child_id=fhir.world.child, decision=decision)
    patient = (await partner.get(path)).json()
    assert patient["name"][0]["family"] == "Testchild"
    assert "address" not in patient
    assert (await partner.get("/Task", **number)).json()["total"] == 1
    async with fhir.transactions.begin(authority) as tx:
        await disclosure.revoke_disclosure(tx, decision_id=decided)
    assert (await partner.get(path)).status_code == 404
    assert (await partner.get("/Task", **number)).json()["total"] == 0


async def test_of_a_request_that_is_withdrawn_the_body_sees_that_it_was_and_nothing_of_the_child(
    fhir: FhirWorld,
) -> None:
    request_id = await fhir.asked()
    before = (await fhir.trust.get(f"/Task/{request_id}")).json()
    await fhir.withdrawn(request_id)
    left = (await fhir.trust.get(f"/Task/{request_id}")).json()
    assert (left["status"], left["requester"], left["owner"]) == ("cancelled", before["requester"], before["owner"])
    assert "reference" not in left["for"]
    assert not {"focus", "reasonCode", "note"} & left.keys()
    found = (await fhir.trust.get("/Task", _id=request_id)).json()
    assert [each["resource"]["id"] for each in found["entry"]] == [request_id]
    assert (await fhir.trust.get("/Task")).json()["total"] == 0
    assert (await fhir.trust.get(f"/ServiceRequest/{request_id}")).status_code == 404
    assert (await fhir.other_trust.get(f"/Task/{request_id}")).status_code == 404
    shown = (await fhir.authority.get(f"/Task/{request_id}")).json()
    assert (shown["status"], shown["businessStatus"]["coding"][0]["code"]) == ("cancelled", "withdrawn")


async def test_every_child_that_is_shown_leaves_a_disclosure(fhir: FhirWorld) -> None:
    request_id = await fhir.asked()
    await fhir.trust.get("/Task", **{"patient:identifier": ADAS_NUMBER})
    await fhir.trust.get(f"/Task/{request_id}")
    await fhir.trust.get(f"/Patient/{fhir.world.child}")
    disclosure = tables.disclosure
    async with fhir.transactions.begin(None) as tx:
        rows = (await tx.connection.execute(select(disclosure).order_by(disclosure.c.operation))).mappings().all()
    assert [row["operation"] for row in rows] == ["fhir:Patient.read", "fhir:Task.read", "fhir:Task.search"]
    assert {row["child_id"] for row in rows} == {fhir.world.child}
    assert all("CFA 2014 s. 31" in row["ground"] for row in rows)
    assert set(rows[2]["parts_shown"]) == {"EXISTENCE", "IDENTITY", "COOPERATION"}


async def test_scopes_and_tokens(fhir: FhirWorld) -> None:
    request_id = await fhir.asked()
    nobody = await fhir.partner("nobody").get("/Task")
    assert nobody.status_code == 401
    assert nobody.headers["www-authenticate"].startswith("Bearer ")
    assert issues(nobody) == [("no-token", None)]
    for path in ("/Task", f"/Task/{request_id}", f"/ServiceRequest/{request_id}", f"/Patient/{request_id}"):
        refused = await fhir.partner("no-scopes").get(path)
        assert refused.status_code == 403
        assert "insufficient_scope" in refused.headers["www-authenticate"]
    put = await fhir.partner("reader").answer(task(request_id, "accepted"), version=1)
    assert put.status_code == 403
    put = await fhir.partner("without-graphql").answer(task(request_id, "accepted"), version=1)
    assert (put.status_code, rules(put)) == (403, {"scope-missing"})


# --- answering


async def test_the_body_accepts(fhir: FhirWorld) -> None:
    """What it read, put back with another status: the way that most systems answer."""
    request_id = await fhir.asked()
    shown = (await fhir.trust.get(f"/Task/{request_id}")).json()
    response = await fhir.trust.answer(shown | {"status": "accepted"})
    assert response.status_code == 200
    assert response.headers["etag"] == 'W/"3"'
    assert response.json()["status"] == "accepted"
    assert response.json()["businessStatus"]["coding"][0]["code"] == "accepted"
    again = await fhir.trust.answer(response.json() | {"status": "in-progress"}, version=3)
    assert (again.status_code, again.headers["etag"]) == (200, 'W/"3"')
    for path in ({"status": "accepted"}, {"status": "completed"}):
        assert (await fhir.trust.get("/Task", **path)).json()["total"] == (path["status"] == "accepted")


async def test_the_body_acknowledges(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    response = await fhir.trust.answer(task(request_id, "received"))
    assert response.status_code == 200


async def test_a_request_that_is_acknowledged_is_no_longer_requested(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    response = await fhir.trust.answer(task(request_id, "received"))
    assert response.json()["status"] == "received"
    assert (await fhir.trust.get("/Task", status="requested")).json()["total"] == 0
    assert (await fhir.trust.get("/Task", status="received")).json()["total"] == 1


async def test_the_body_declines_on_a_ground_with_written_reasons(fhir: FhirWorld) -> None:
    """S. 31(2), (3). The reasons are shown where FHIR puts them and where NHS systems look for them."""
    request_id = await fhir.retrieved()
    reason = coded("send-refusal-ground", "incompatible-with-own-duties") | {"text": "Because of our duties."}
    response = await fhir.trust.answer(task(request_id, "rejected", statusReason=reason))
    shown = response.json()
    assert shown["status"] == "rejected"
    assert shown["businessStatus"]["coding"][0]["code"] == "refused-incompatible-duties"
    assert shown["statusReason"]["text"] == "Because of our duties."
    assert shown["statusReason"]["coding"][0]["code"] == "incompatible-with-own-duties"
    assert [note["text"] for note in shown["note"]] == ["Because of our duties."]
    assert (await fhir.authority.get("/Task", status="rejected")).json()["total"] == 1


async def test_written_reasons_may_stand_in_a_note(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    declined = task(
        request_id,
        "rejected",
        statusReason=coded("send-refusal-ground", "adverse-effect-on-functions"),
        note=[{"text": "The clinic is closed."}],
    )
    response = await fhir.trust.answer(declined)
    assert response.json()["statusReason"]["text"] == "The clinic is closed."


REFUSALS = [
    ({"text": "no"}, "ground-required", "CFA 2014 s. 31(2)", "Task.statusReason.coding"),
    (
        coded("send-refusal-ground", "incompatible-with-own-duties"),
        "written-reasons-required",
        "CFA 2014 s. 31(3)",
        "Task.statusReason.text",
    ),
    (
        coded("send-refusal-ground", "incompatible-with-own-duties") | {"text": " - "},
        "written-reasons-required",
        "CFA 2014 s. 31(3)",
        "Task.statusReason.text",
    ),
]


async def test_the_law_refuses_and_nothing_changes(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    for reason, rule, provision, place in REFUSALS:
        declined = task(request_id, "rejected", statusReason=reason)
        for headers in ({}, {"X-Request-ID": f"{rule}{len(reason)}"}):
            response = await fhir.trust.answer(declined, headers=headers)
            assert response.status_code == 422
            [issue] = response.json()["issue"]
            assert issue["code"] == "business-rule"
            assert issue["details"]["text"] == provision
            assert issue["details"]["coding"][0]["code"] == rule
            assert issue["details"]["coding"][1]["code"] == "REC_UNPROCESSABLE_ENTITY"
            assert issue["expression"] == [place]
        assert (await fhir.trust.get(f"/Task/{request_id}")).headers["etag"] == 'W/"2"'


async def test_the_body_claims_an_exception_to_the_six_weeks_once(fhir: FhirWorld) -> None:
    """Reg. 8(2)(b): absent from the area for a continuous period of not less than four weeks."""
    request_id = await fhir.retrieved()
    claim = task(
        request_id,
        "accepted",
        businessStatus=coded("send-business-status", "extension-absent-from-area"),
        statusReason={"text": "The family is abroad."},
        executionPeriod={"start": "2026-11-23", "end": "2026-12-31"},
    )
    response = await fhir.trust.answer(claim)
    assert response.status_code == 200, response.text
    shown = response.json()
    assert shown["status"] == "accepted"
    assert shown["businessStatus"]["coding"][0]["code"] == "extension-claimed"
    assert shown["note"][0]["text"] == "The family is abroad."
    again = await fhir.trust.answer(claim, headers={"If-Match": response.headers["etag"]})
    assert again.headers["etag"] == response.headers["etag"]
    put_back = await fhir.trust.put(f"/Task/{request_id}", shown, headers={"If-Match": response.headers["etag"]})
    assert put_back.headers["etag"] == response.headers["etag"]
    assert await fhir.count("time_exception") == 1


async def test_a_moment_that_is_put_back_in_another_spelling_is_the_same(fhir: FhirWorld) -> None:
    """Models write .000Z as Z or +00:00: what the hub itself showed as the period is no day that the body claims."""
    for spelt in ("2026-11-22T12:00:00Z", "2026-11-22T12:00:00+00:00", "2026-11-22T13:00:00.000000+01:00"):
        request_id = await fhir.retrieved()
        claim = task(
            request_id,
            "accepted",
            businessStatus=coded("send-business-status", "extension-exceptional-circumstances"),
            statusReason={"text": "The mother has died."},
            executionPeriod={"start": spelt},
        )
        assert (await fhir.trust.answer(claim)).status_code == 200
    assert await fhir.count("time_exception", starts_on=None, ends_on=None) == 3


async def test_a_claim_that_the_regulation_does_not_know(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    claim = task(request_id, "received", businessStatus=coded("send-business-status", "extension-waiting-list"))
    response = await fhir.trust.answer(claim)
    assert issues(response) == [("code-unknown", "Task.businessStatus.coding")]


async def test_if_match_is_required_and_must_be_current(fhir: FhirWorld) -> None:
    """Row 51: missing 428, stale 412."""
    request_id = await fhir.retrieved()
    path, accepted = f"/Task/{request_id}", task(request_id, "accepted")
    for headers, status, rule in (
        ({}, 428, "if-match-required"),
        ({"If-Match": 'W/"1"'}, 412, "version-stale"),
        ({"If-Match": "2"}, 400, "if-match-format"),
        ({"If-Match": "*"}, 400, "if-match-format"),
    ):
        response = await fhir.trust.put(path, accepted, headers=headers)
        assert (response.status_code, rules(response)) == (status, {rule})
    assert (await fhir.trust.put(path, accepted, headers={"If-Match": '"2"'})).status_code == 200


async def test_the_same_write_is_done_once(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    reason = coded("send-refusal-ground", "adverse-effect-on-functions") | {"text": "We cannot."}
    declined = task(request_id, "rejected", statusReason=reason)
    for headers in ({"X-Request-ID": "7c6e"}, {}):
        sent = {"If-Match": 'W/"2"'} | headers
        answers = [await fhir.trust.answer(declined, headers=sent) for _ in range(2)]
        assert {answer.status_code for answer in answers} == ({200} if headers else {412})
    assert await fhir.count("event", kind="cooperation_declined") == 1
    other = task(request_id, "accepted")
    reused = await fhir.trust.put(f"/Task/{request_id}", other, headers={"If-Match": 'W/"3"', "X-Request-ID": "7c6e"})
    assert (reused.status_code, rules(reused)) == (409, {"idempotency-key-reused"})


async def test_a_write_can_ask_for_nothing_back(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    headers = {"If-Match": 'W/"2"', "Prefer": "return=minimal"}
    response = await fhir.trust.put(f"/Task/{request_id}", task(request_id, "accepted"), headers=headers)
    assert (response.status_code, response.content, response.headers["etag"]) == (200, b"", 'W/"3"')


CHANGES = [
    ({"status": "cancelled"}, [("task-status-not-an-answer", "Task.status")]),
    ({"status": "failed"}, [("task-status-not-an-answer", "Task.status")]),
    ({"intent": "proposal"}, [("task-element-fixed", "Task.intent")]),
    (
        {"owner": {"identifier": {"system": ODS, "value": "RX2"}}},
        [("task-element-fixed", "Task.owner.identifier")],
    ),
    (
        {"for": {"identifier": {"system": NHS, "value": "9990000026"}}},
        [("patient-mismatch", "Task.for.identifier.value"), ("patient-mismatch", "Task.for.identifier")],
    ),
    ({"status": "completed"}, [("advice-missing", "Task.status")]),
    (
        {
            "status": "rejected",
            "statusReason": {"coding": [{"system": f"{HUB}/CodeSystem/send-refusal-ground", "code": "too-busy"}]},
        },
        [("code-unknown", "Task.statusReason.coding")],
    ),
]


async def test_an_answer_cannot_change_the_request(fhir: FhirWorld) -> None:
    request_id = await fhir.retrieved()
    for more, expected in CHANGES:
        changed = task(request_id, "accepted") | more
        response = await fhir.trust.answer(changed)
        assert response.status_code == 422
        assert issues(response) == expected
        assert (await fhir.trust.get(f"/Task/{request_id}")).headers["etag"] == 'W/"2"'


async def test_the_authority_may_not_answer_its_own_request(fhir: FhirWorld) -> None:
    request_id = await fhir.asked()
    response = await fhir.authority.answer(task(request_id, "accepted"), version=1)
    assert (response.status_code, rules(response)) == (403, {"not-addressed-to-you"})


# --- the exchange itself


async def test_metadata_is_public_and_true(fhir: FhirWorld) -> None:
    statement = (await fhir.partner("nobody").get("/metadata")).json()
    assert statement["fhirVersion"] == "4.0.1"
    [rest] = statement["rest"]
    assert {each["type"] for each in rest["resource"]} == {*READABLE, *guide.PUBLISHED_TYPES, "Subscription"}
    for resource in rest["resource"]:
        if resource["type"] not in READABLE:
            continue  # tested where they are
        kind, narrow = resource["type"], READABLE[resource["type"]].narrow
        for parameter in resource.get("searchParam", ()):
            name = parameter["name"]
            query = {name: "ge2026-01-01" if parameter["type"] == "date" else _value(kind, name)}
            if narrow and name not in {*narrow, "_id"}:
                query["_id"] = "banana"
            response = await fhir.authority.get(f"/{kind}", **query)
            assert response.status_code == 200, response.text
        if narrow:
            assert rules(await fhir.authority.get(f"/{kind}")) == {"search-too-wide"}


def _value(kind: str, name: str) -> str:
    """A value that the parameter takes, and that finds nothing."""
    parameter = READABLE[kind].parameters.get(name)
    if parameter is None or (not parameter.codes and parameter.kind is not Kind.CHILD_IDENTIFIER):
        return str(uuid4())
    return next(iter(sorted(parameter.codes)), "9990000026")


async def test_ids_of_the_exchange_are_given_back(fhir: FhirWorld) -> None:
    sent = {"X-Request-ID": "60E0B220-8136-4CA5-AE46-1D97EF59D068", "X-Correlation-ID": "11C46F5F"}
    for path in ("/Task", "/Task/banana", "/metadata"):
        response = await fhir.trust.get(path, headers=sent)
        assert {name: response.headers[name] for name in sent} == sent


FORMATS = [
    ({"Accept": "application/fhir+xml"}, {}, 406),
    ({"Accept": "text/html"}, {}, 406),
    ({"Accept": "application/fhir+json; fhirVersion=5.0"}, {}, 406),
    ({"Accept": "application/fhir+json;q=0"}, {}, 406),
    ({"Accept": "text/html, application/json;q=0.5"}, {}, 200),
    ({"Accept": "application/fhir+json; fhirVersion=4.0"}, {}, 200),
    ({"Accept": "application/fhir+json; version=1.4.0"}, {}, 200),
    ({}, {"_format": "xml"}, 406),
    ({"Accept": "text/html"}, {"_format": "application/fhir+json"}, 200),
]


async def test_formats(fhir: FhirWorld) -> None:
    for headers, query, status in FORMATS:
        assert (await fhir.trust.get("/Task", headers=headers, **query)).status_code == status


async def test_interactions_that_are_not_there(fhir: FhirWorld) -> None:
    request_id = await fhir.asked()
    deleted = await fhir.trust.send("DELETE", f"/Task/{request_id}")
    assert (deleted.status_code, deleted.headers["allow"]) == (405, "GET, PUT")
    assert (await fhir.trust.get("")).status_code == 405
    for path in ("/Encounter", "/Encounter/1", "/Binary"):
        assert (await fhir.trust.get(path)).status_code == 404
    assert UUID(request_id)
