"""What a trust sends with a defect in it, and where the defect stands."""

import base64
from typing import Any

from tests.contract.fhir_world import bundle, composition, document, entry, patient, task


def with_patient(**more: Any) -> dict[str, Any]:
    return bundle(entry(task("a", "completed")), entry(composition()), entry(patient(**more)))


def with_task(**more: Any) -> dict[str, Any]:
    return bundle(entry(task("a", "completed") | more), entry(document()))


def with_composition(**more: Any) -> dict[str, Any]:
    return bundle(entry(task("a", "completed")), entry(composition(**more)))


def narrative(div: str) -> dict[str, Any]:
    text = {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{div}</div>'}
    return with_composition(text=text)


def extended(depth: int) -> dict[str, Any]:
    extension: dict[str, Any] = {"url": "https://example.org/x", "valueString": "deep"}
    for _ in range(depth):
        extension = {"url": "https://example.org/x", "extension": [extension]}
    return extension


def attachment(**more: Any) -> dict[str, Any]:
    said = {"contentType": "application/pdf", "data": base64.b64encode(b"x").decode()} | more
    content = {name: value for name, value in said.items() if value is not None}
    return bundle(entry(task("a", "completed")), entry(document() | {"content": [{"attachment": content}]}))


TASK = "Bundle.entry[0].resource"
PATIENT = "Bundle.entry[2].resource"
COMPOSITION = "Bundle.entry[1].resource"
NUMBER, FAMILY, DIV = f"{PATIENT}.identifier[0].value", f"{PATIENT}.name[0].family", f"{COMPOSITION}.text.div"
DOCUMENT = "Bundle.entry[1].resource.content[0].attachment"
