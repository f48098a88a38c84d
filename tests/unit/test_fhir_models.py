"""The R4B models as a second check: what is remembered of their elements is what the library says of them."""

import pytest
from fhir_core import fhirabstractmodel, utils
from pydantic import ValidationError

from adapters.nhs_fhir import models, shapes
from fhir_mappings.outcome import Faults
from fhir_mappings.values import Located


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
