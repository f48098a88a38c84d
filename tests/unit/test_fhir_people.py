"""Who a child is, and what a health body says of it: there and back, with nothing lost on the way."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from fhir.resources.R4B import get_fhir_model_class
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_mappings import identifiers, profiles, systems
from fhir_mappings.communication import Notified, Opined, read_communication, recipient_of, to_communication
from fhir_mappings.elements import organisation_reference
from fhir_mappings.organisation import read_organization, to_organization
from fhir_mappings.outcome import Faults
from fhir_mappings.patient import read_patient, to_patient
from fhir_mappings.people import (
    Contact,
    Given,
    read_consent,
    read_related_person,
    to_consent,
    to_related_person,
)
from fhir_mappings.values import GivenBody, GivenChild, Located
from hub.db.queries import ChildIdentity, Organisation
from hub.law.purposes import Purpose
from hub.law.reg17_consent import CapacityBasis, ConsentGiver
from hub.law.reg17_disclosure import Part, Standing
from hub.law.vocabulary import (
    AssessmentDecision,
    Certainty,
    NHSNumberStatus,
    NotificationBasis,
    Opinion,
    OrganisationKind,
    Sex,
)

ID = UUID("00000000-0000-4000-8000-0000000000aa")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TRUST = Organisation(ID, "Trust", OrganisationKind.NHS_TRUST, "RX1", None, None, None, None)
AUTHORITY = Organisation(ID, "Northmere", OrganisationKind.LOCAL_AUTHORITY, None, "990", None, None, None)

cases = settings(max_examples=40, deadline=None, database=None, derandomize=True)
words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=20)
days = st.dates(date(1990, 1, 1), date(2030, 1, 1))


def sound(resource: dict[str, Any]) -> dict[str, Any]:
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    return resource


def at(resource: dict[str, Any]) -> Located:
    return Located(resource["resourceType"], resource)


@cases
@given(
    st.builds(
        Opined,
        st.sampled_from(NotificationBasis),
        st.sampled_from(Opinion),
        st.sampled_from(Certainty),
        st.none() | days,
        st.none() | days,
        st.lists(words, max_size=3).map(tuple),
    ),
    st.none() | st.sampled_from(AssessmentDecision),
)
def test_a_notification_goes_there_and_back(opined: Opined, determination: AssessmentDecision | None) -> None:
    """S. 23(2) and (4): that the parent was informed, offered a discussion, and told of whom."""
    notified = Notified(ID, opined, NOW, NOW, determination)
    shown = sound(to_communication(notified, child=None, sender=TRUST, recipient=AUTHORITY))
    faults = Faults()
    assert read_communication(at(shown), faults) == opined
    assert recipient_of(at(shown), faults) == (identifiers.LA_CODE, "990")
    assert not faults.issues
    assert shown["subject"]["extension"][0]["valueCode"] == "masked"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"status": "in-progress"}, "communication-status"),
        ({"category": []}, "notification-basis"),
        ({"reasonCode": [{"coding": [{"system": systems.OPINION.url, "code": "banana"}]}]}, "code-unknown"),
        ({"extension": []}, "notification-certainty"),
        (
            {"extension": [{"url": profiles.NOTIFICATION_EXTENSION, "extension": [{"url": "x"}]}]},
            "notification-extension",
        ),
        ({"recipient": []}, "communication-recipient"),
    ],
)
def test_what_a_notification_does_not_say_is_a_fault(change: dict[str, Any], rule: str) -> None:
    opined = Opined(NotificationBasis.S23_UNDER_COMPULSORY_SCHOOL_AGE, Opinion.SEN, Certainty.HAS)
    shown = to_communication(Notified(ID, opined, NOW, None), child=None, sender=TRUST, recipient=AUTHORITY)
    faults = Faults()
    read_communication(at(shown | change), faults)
    recipient_of(at(shown | change), faults)
    assert rule in {each.rule for each in faults.issues}


bodies = st.sampled_from([organisation_reference(TRUST), organisation_reference(AUTHORITY)])


@cases
@given(
    st.builds(
        Contact,
        st.uuids(),
        words,
        words,
        st.none() | st.booleans(),
        st.none() | words,
        st.none() | words,
        st.none() | words,
        st.booleans(),
    ),
    st.builds(
        Given,
        st.uuids(),
        words,
        st.sampled_from(ConsentGiver),
        st.sampled_from(CapacityBasis),
        st.lists(st.sampled_from(Part), min_size=1, max_size=3).map(tuple),
        st.lists(st.sampled_from(Purpose), min_size=1, max_size=3).map(tuple),
        st.lists(bodies, max_size=2).map(tuple),
        days,
        st.booleans(),
        st.none() | days,
        st.none() | days,
    ),
)
def test_contacts_and_consent_go_there_and_back(contact: Contact, consent: Given) -> None:
    """Who is to be reached and who consented to what (reg. 17(1) to (3)); an address that is kept back is masked."""
    faults = Faults()
    related = sound(to_related_person(contact, child=None))
    assert read_related_person(at(related), faults) == contact
    kept_back = contact.address is None and contact.address_withheld
    assert kept_back == ("extension" in related.get("address", [{}])[0])
    shown = sound(to_consent(consent, child=None, authority={"display": "Northmere"}, on=NOW.date()))
    assert read_consent(at(shown), faults) == consent
    assert not faults.issues


@cases
@given(st.sampled_from(OrganisationKind), st.none() | words, st.none() | words, words)
def test_a_body_goes_there_and_back(kind: OrganisationKind, ods: str | None, la: str | None, urn: str) -> None:
    body = Organisation(ID, "Body", kind, ods, la, urn, None, None)
    faults = Faults()
    shown = sound(to_organization(body, id=ID, kind=kind, active=True))
    assert read_organization(at(shown), faults) == GivenBody("Body", kind, ods, la, urn)
    assert not faults.issues


def test_what_people_and_bodies_do_not_say_is_a_fault() -> None:
    faults = Faults()
    assert read_related_person(at({"resourceType": "RelatedPerson", "id": str(ID)}), faults) is None
    assert read_consent(at({"resourceType": "Consent", "id": str(ID), "dateTime": "2026-11-22"}), faults) is None
    assert read_organization(at({"resourceType": "Organization", "name": "x"}), faults) is None
    assert {each.rule for each in faults.issues} == {"contact", "consent", "organization"}


@cases
@given(
    words,
    st.lists(words, min_size=1, max_size=3).map(tuple),
    days,
    st.sampled_from(Sex),
    st.none() | st.sampled_from(NHSNumberStatus),
    st.none() | st.just("A123456789012"),
)
def test_who_a_child_is_goes_there_and_back(
    family: str, names: tuple[str, ...], born: date, sex: Sex, status: NHSNumberStatus | None, upn: str | None
) -> None:
    number = "9990000018" if status else None
    child = ChildIdentity(ID, ID, family, names, born, sex, None, number, status, upn, 1, frozenset(), Standing())
    faults = Faults()
    assert read_patient(at(sound(to_patient(child))), faults) == GivenChild(
        family, names, born, sex, number, status, upn
    )
    assert not faults.issues


@pytest.mark.parametrize(
    ("code", "status"),
    [("number-present-and-verified", NHSNumberStatus.VERIFIED), ("trace-required", None)],
)
def test_a_status_in_the_words_of_the_older_system_is_read(code: str, status: NHSNumberStatus | None) -> None:
    older = {"system": systems.NHS_NUMBER_STATUS_IN_WORDS.url, "code": code}
    traced = {"url": profiles.NHS_NUMBER_STATUS_EXTENSION, "valueCodeableConcept": {"coding": [older]}}
    number = {"system": identifiers.NHS_NUMBER, "value": "9990000018", "extension": [traced]}
    name = {"family": "A", "given": ["B"]}
    faults = Faults()
    child = read_patient(
        at({"resourceType": "Patient", "identifier": [number], "name": [name], "birthDate": "2016-03-04"}), faults
    )
    assert child is not None
    assert (child.nhs_number, child.nhs_number_status, faults.issues) == ("9990000018", status, [])


def test_what_says_too_little_of_a_child_or_two_things_is_a_fault() -> None:
    number = {"system": "http://fhir.nhs.uk/id/NHS-number", "value": "9990000018"}
    faults = Faults()
    assert read_patient(at({"resourceType": "Patient", "identifier": [number]}), faults) is None
    assert read_patient(at({"resourceType": "Patient", "birthDate": "2016"}), faults) is None
    two = [number, number | {"value": "9990000026"}]
    read_patient(at({"resourceType": "Patient", "identifier": two}), faults)
    assert {each.rule for each in faults.issues} == {
        "patient-name",
        "patient-birth-date",
        "date-partial",
        "nhs-number-repeated",
    }
    older = [{"use": "old", "family": "Before", "given": ["A"]}, {"family": "Now", "given": ["B"]}]
    known = {"resourceType": "Patient", "name": older, "birthDate": "2016-03-04", "gender": "other"}
    child = read_patient(at(known), Faults())
    assert child is not None
    assert (child.family_name, child.sex) == ("Now", Sex.UNKNOWN)
