"""What the CapabilityStatement says, as a page for the engineer at the other end."""

import json
from html import escape
from typing import Any

from starlette.responses import Response

from adapters.nhs_fhir.html import code, page, paragraph, table
from adapters.nhs_fhir.subscription_topics import TOPICS
from fhir_mappings.values import Json

_SCOPES = (
    ("find and read what you are asked", "system/Task.rs system/ServiceRequest.rs system/Patient.rs"),
    ("answer it (Task)", "system/Task.u cooperation.respond"),
    (
        "give advice (with a Task, alone, or by message)",
        "system/Task.u system/Composition.c system/DocumentReference.c cooperation.respond advice.write",
    ),
    ("give advice as a document Bundle", "those, and system/Bundle.c"),
    ("notify an authority of a child", "system/Communication.c notification.write"),
    ("be told (Subscription)", "system/Subscription.cruds; the operator allows your endpoint: hub webhook allow"),
    ("read any other type", "system/[type].rs"),
)
"""Letters of one type go together, in this order: system/Task.rus."""


_SUBSCRIPTION: Json = {
    "resourceType": "Subscription",
    "status": "requested",
    "reason": "To see what we are asked",
    "criteria": next(iter(TOPICS)),
    "channel": {"type": "rest-hook", "endpoint": "https://YOUR-HOST/told", "payload": "application/fhir+json"},
}


def capability_page(statement: Json, *, base: str, with_test: bool) -> Response:
    rest = statement["rest"][0]
    rows = [
        (
            each["type"],
            ", ".join(one["code"] for one in each["interaction"]),
            ", ".join(one["name"] for one in each.get("searchParam", ())),
            each.get("documentation", ""),
        )
        for each in rest["resource"]
    ]
    whole = ", ".join(one["code"] for one in rest["interaction"])
    operations = ", ".join(f"${one['name']}" for one in rest["operation"])
    test = f'<p><a href="{escape(base)}/test">Send a test message</a></p>' if with_test else ""
    return page(
        "The FHIR face of the SEND Hub",
        paragraph(f"FHIR R4 ({statement['fhirVersion']}), JSON, at {base}. {rest['documentation']}"),
        "<h2>To connect</h2>",
        _steps(rest["security"]),
        code(f'curl -H "Authorization: Bearer $TOKEN" "{base}/Task?owner:identifier=YOUR-ODS-CODE&status=requested"'),
        paragraph("To be told of each request instead, once the operator has allowed the host of your endpoint:"),
        code(f"POST {base}/Subscription\n{json.dumps(_SUBSCRIPTION, indent=2)}"),
        table("Scopes to ask for", ("To", "Scopes"), _SCOPES),
        test,
        paragraph(f"The face as a whole: {whole}; operations {operations}."),
        table("Resource types", ("Type", "Interactions", "Search parameters", "What it is"), rows),
        f'<p>The same as <a href="{escape(base)}/metadata?_format=json">a CapabilityStatement</a>.</p>',
    )


def _steps(security: dict[str, Any]) -> str:
    steps = (
        "Make a key pair (RS512, say), and send the public key, as a JWKS with its kid and alg, to the operator of the "
        "hub, with the scopes that you need. The operator registers it with hub client add.",
        f"Get a token by a signed assertion (private_key_jwt). {security['description']}",
        "Ask with the token, in the header Authorization: Bearer.",
    )
    return "<ol>" + "".join(f"<li>{escape(each)}</li>" for each in steps) + "</ol>"
