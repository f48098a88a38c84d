"""The R4B models as a second check: what is remembered of their elements is what the library says of them."""

from datetime import date
from typing import Any

import pytest
from fhir_core import fhirabstractmodel, utils
from pydantic import ValidationError

from adapters.nhs_fhir import models, shapes
from adapters.nhs_fhir.structure import Limits, Walk
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Json, Located

BUNDLE = frozenset({"Bundle"})


def test_what_is_remembered_of_an_element_is_what_the_library_says_of_it() -> None:
    shapes.warm()
    kinds = [*shapes.ACCEPTED, "Bundle", "HumanName", "Extension", "CarePlanActivityDetail"]
    fields = [field for kind in kinds for field in shapes.model(kind).model_fields.values()]
    assert len(fields) > 400
    for name in ("is_list_type", "is_primitive_type"):
        ask, library = getattr(fhirabstractmodel, name), getattr(utils, name)
        assert ask is not library
        assert [ask(each) for each in fields] == [library(each) for each in fields]


def test_the_models_still_refuse_null_among_complex_values() -> None:
    patient = {"resourceType": "Patient", "name": [{"family": "x"}, None]}
    with pytest.raises(ValidationError):
        shapes.model("Patient").model_validate(patient)
    faults = Faults()
    models.check_model(Located("Patient", patient), faults)
    assert [(each.rule, each.at) for each in faults.issues] == [("fhir-r4", "Patient.name")]


WRONG: tuple[Any, ...] = (
    None,
    "",
    " ",
    [],
    {},
    [None],
    [[]],
    [{}],
    ["x"],
    {"x": 1},
    0,
    -1,
    1.5,
    True,
    "x y",
    "2020-13-01",
    "a" * 70,
)
"""What may stand in the place of a value, and with some elements is right."""

PARTS = {"request": "BundleEntryRequest", "response": "BundleEntryResponse", "search": "BundleEntrySearch"}


def test_what_the_models_refuse_of_an_entry_beside_its_resource_the_walk_refuses() -> None:
    """So that they need not be asked of each entry of a Bundle."""
    whole: Json = {
        "fullUrl": "urn:uuid:0d9b3c3e-7f2c-4c9e-9d7f-4a1f4e1d0b11",
        "link": [{"relation": "self", "url": "http://example.org/self"}],
        "request": {"method": "POST", "url": "Task", "ifMatch": 'W/"1"'},
        "response": {"status": "200 OK", "lastModified": "2026-01-01T00:00:00Z"},
        "search": {"mode": "match", "score": 1},
    }
    assert not _refused_by_model(whole)
    assert not _refused_by_walk(whole)
    entries: list[Json] = [whole | {name: wrong} for name in _names("BundleEntry") - {"resource"} for wrong in WRONG]
    for part, kind in PARTS.items():
        inner: Json = whole[part]
        entries += [whole | {part: inner | {name: wrong}} for name in _names(kind) for wrong in WRONG]
        entries += [whole | {part: {key: inner[key] for key in inner if key != name}} for name in inner]
    link: Json = whole["link"][0]
    entries += [whole | {"link": [link | {name: wrong}]} for name in _names("BundleLink") for wrong in WRONG]
    entries += [whole | {"link": [{name: link[name]}]} for name in link]
    refused = [each for each in entries if _refused_by_model(each)]
    assert len(refused) > 200
    assert [each for each in refused if not _refused_by_walk(each)] == []


def _names(kind: str) -> set[str]:
    return {*shapes.elements(kind)} | {"unheard-of"}


def _refused_by_model(entry: Json) -> bool:
    try:
        shapes.model("BundleEntry").model_validate(entry)
    except (ValidationError, KeyError, TypeError):
        return True
    return False


def _refused_by_walk(entry: Json) -> bool:
    walk = Walk(Limits(40, 10, date(2026, 1, 1)))
    walk.resource({"resourceType": "Bundle", "type": "transaction", "entry": [entry]}, "Bundle", accepted=BUNDLE)
    return bool(walk.faults.issues)
