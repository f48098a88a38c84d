"""What the hub says of its own authorization, for machines. Nothing stands here that is not so.

There is no `openid-configuration`: the hub's server signs nobody in yet.
"""

from collections.abc import Iterable
from typing import Any

from hub.auth.client_proof import METHOD
from hub.auth.jose import ALGORITHMS
from hub.auth.scopes import fhir_scope, scopes_supported
from hub.auth.server import GRANT, TOKEN_PATH
from hub.settings import Settings

JWKS_PATH = "/oauth/jwks"


def authorization_server(settings: Settings) -> dict[str, Any]:
    """`/.well-known/oauth-authorization-server` (RFC 8414)."""
    return {
        "issuer": settings.address,
        "token_endpoint": settings.address + TOKEN_PATH,
        "jwks_uri": settings.address + JWKS_PATH,
        "scopes_supported": scopes_supported(),
        "response_types_supported": [],
        "grant_types_supported": [GRANT],
        "token_endpoint_auth_methods_supported": [METHOD],
        "token_endpoint_auth_signing_alg_values_supported": sorted(ALGORITHMS),
    }


def protected_resource(settings: Settings, issuers: Iterable[str]) -> dict[str, Any]:
    """`/.well-known/oauth-protected-resource` (RFC 9728)."""
    return {
        "resource": settings.address,
        "resource_name": "SEND Hub",
        "authorization_servers": sorted(issuers),
        "scopes_supported": scopes_supported(),
        "bearer_methods_supported": ["header"],
    }


def smart_configuration(settings: Settings) -> dict[str, Any]:
    """`/fhir/R4/.well-known/smart-configuration` (SMART App Launch 2.2), as far as Backend Services go.

    SMART requires `code_challenge_methods_supported`; it is empty because nothing here takes an authorization code.
    """
    return {
        "issuer": settings.address,
        "jwks_uri": settings.address + JWKS_PATH,
        "token_endpoint": settings.address + TOKEN_PATH,
        "grant_types_supported": [GRANT],
        "token_endpoint_auth_methods_supported": [METHOD],
        "token_endpoint_auth_signing_alg_values_supported": sorted(ALGORITHMS),
        "scopes_supported": [scope for scope in scopes_supported() if fhir_scope(scope)],
        "code_challenge_methods_supported": [],
        "capabilities": ["client-confidential-asymmetric", "permission-v2"],
    }
