"""What the hub says of its own authorization, for machines. Nothing stands here that is not so."""

from collections.abc import Iterable
from typing import Any

from hub.auth.client_proof import METHOD
from hub.auth.issuing import OPENID
from hub.auth.jose import ALGORITHMS
from hub.auth.scopes import GRAPHQL, fhir_scope, scopes_supported
from hub.auth.server import CODE_GRANT, GRANT, TOKEN_PATH
from hub.settings import Settings

JWKS_PATH = "/oauth/jwks"
AUTHORIZE_PATH = "/oauth/authorize"
REVOKE_PATH = "/oauth/revoke"
INTROSPECT_PATH = "/oauth/introspect"


def authorization_server(settings: Settings, *, signs_people_in: bool) -> dict[str, Any]:
    """`/.well-known/oauth-authorization-server` (RFC 8414, with the parameters of RFC 9449 and RFC 9207)."""
    proved = {"auth_methods_supported": [METHOD], "auth_signing_alg_values_supported": sorted(ALGORITHMS)}
    endpoints = {
        f"{name}_endpoint_{parameter}": value
        for name in ("token", "revocation", "introspection")
        for parameter, value in proved.items()
    }
    machines: dict[str, Any] = {
        "issuer": settings.address,
        "token_endpoint": settings.address + TOKEN_PATH,
        "revocation_endpoint": settings.address + REVOKE_PATH,
        "introspection_endpoint": settings.address + INTROSPECT_PATH,
        "jwks_uri": settings.address + JWKS_PATH,
        "scopes_supported": scopes_supported(),
        "response_types_supported": [],
        "grant_types_supported": [GRANT],
        "dpop_signing_alg_values_supported": sorted(ALGORITHMS),
    }
    return machines | endpoints | (_signing_in(settings) if signs_people_in else {})


def openid_configuration(settings: Settings, *, algorithm: str) -> dict[str, Any]:
    """`/.well-known/openid-configuration` (OpenID Connect Discovery s. 3), where people may sign in."""
    return authorization_server(settings, signs_people_in=True) | {
        "scopes_supported": [OPENID, *GRAPHQL],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [algorithm],
        "claims_supported": ["sub", "name", "preferred_username", "auth_time", "nonce", "at_hash"],
    }


def protected_resource(settings: Settings, issuers: Iterable[str]) -> dict[str, Any]:
    """`/.well-known/oauth-protected-resource` (RFC 9728)."""
    return {
        "resource": settings.address,
        "resource_name": "SEND Hub",
        "authorization_servers": sorted(issuers),
        "scopes_supported": scopes_supported(),
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": sorted(ALGORITHMS),
        "dpop_bound_access_tokens_required": False,
    }


def smart_configuration(settings: Settings) -> dict[str, Any]:
    """`/fhir/R4/.well-known/smart-configuration` (SMART App Launch 2.2), as far as Backend Services go.

    SMART requires `code_challenge_methods_supported`; it is empty because the FHIR face is for systems alone.
    """
    return {
        "issuer": settings.address,
        "jwks_uri": settings.address + JWKS_PATH,
        "token_endpoint": settings.address + TOKEN_PATH,
        "revocation_endpoint": settings.address + REVOKE_PATH,
        "introspection_endpoint": settings.address + INTROSPECT_PATH,
        "grant_types_supported": [GRANT],
        "token_endpoint_auth_methods_supported": [METHOD],
        "token_endpoint_auth_signing_alg_values_supported": sorted(ALGORITHMS),
        "scopes_supported": [scope for scope in scopes_supported() if fhir_scope(scope)],
        "code_challenge_methods_supported": [],
        "capabilities": ["client-confidential-asymmetric", "permission-v2"],
    }


def _signing_in(settings: Settings) -> dict[str, Any]:
    return {
        "authorization_endpoint": settings.address + AUTHORIZE_PATH,
        "scopes_supported": [OPENID, *scopes_supported()],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [GRANT, CODE_GRANT],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }
