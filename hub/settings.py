"""One frozen class of settings; every field is the environment variable `HUB_<NAME>`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

MOST_DAYS = 366
"""More days ahead than a year nobody is reminded of anything."""


def _setting(default: object, sentence: str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"sentence": sentence, "secret": secret})


@dataclass(frozen=True, slots=True)
class Settings:
    """How this hub runs. `sentence` in each field's metadata is what `hub doctor` prints."""

    environment: str = _setting("development", "development or production; production refuses demo keys")
    database_url: str = _setting("", "PostgreSQL 15 to 18, the serving role; unset: the embedded one", secret=True)
    owner_database_url: str = _setting(
        "", "the role that owns the tables, for migrations; unset: as database_url", secret=True
    )
    worker_database_url: str = _setting(
        "", "a member of hub_worker, for jobs, imports and registering; unset: as database_url", secret=True
    )
    read_database_url: str = _setting(
        "",
        "replicas, from which GraphQL queries are read once they have replayed what they must; unset: none",
        secret=True,
    )
    data_dir: Path = _setting(Path(".hub"), "where the embedded database, keys, reports and demo.json are kept")
    host: str = _setting("127.0.0.1", "the address to listen on")
    port: int = _setting(8000, "the port to listen on")
    base_url: str = _setting("", "the hub's address as partners see it; unset: http://host:port")
    issuers: str = _setting("", "a file that lists further trusted token issuers; unset: the hub's own alone")
    signing_key_file: str = _setting("", "the PEM or JWK that signs the hub's tokens; unset: made in data_dir")
    audit_key_file: str = _setting("", "the Ed25519 key, PEM or JWK, that signs the audit log; unset: made in data_dir")
    delivery_key_file: str = _setting(
        "", "the key, a JWK of type oct and 256 bits, that seals secrets of receivers; unset: made in data_dir"
    )
    delivery_ca_file: str = _setting("", "certificates, PEM, that receivers' are checked by; unset: the system's")
    graphql_max_bytes: int = _setting(100_000, "largest GraphQL request body, bytes")
    graphql_max_tokens: int = _setting(2_000, "most lexical tokens in a GraphQL document")
    graphql_max_depth: int = _setting(15, "deepest nesting of a GraphQL document")
    graphql_max_nodes: int = _setting(100_000, "most objects that a GraphQL document may ask for, by its page sizes")
    graphql_compiled: bool = _setting(True, "whether a GraphQL query becomes one SQL statement, where it can")
    fhir_max_bytes: int = _setting(5 * 1024 * 1024, "largest FHIR request body, bytes")
    fhir_max_entries: int = _setting(500, "most entries in a FHIR Bundle")
    fhir_tolerances: str = _setting("", "JSON file of what is tolerated of each FHIR client, by name")
    fhir_max_depth: int = _setting(60, "deepest nesting of a FHIR JSON document")
    import_max_bytes: int = _setting(512 * 1024 * 1024, "largest file that an authority may import, bytes")
    statement_timeout_ms: int = _setting(5_000, "longest that one SQL statement of a request may take, milliseconds")
    remind_days_before: str = _setting(
        "7,1,0", "days before its last day on which a duty is reminded of; 0 is that day"
    )
    remind_unreceived_days: str = _setting(
        "7,14,28", "days after which a request is reminded of that its body has not received"
    )
    client_requests_per_s: int = _setting(
        500, "requests a second of one client that one process answers, on average over five seconds; 0: any number"
    )
    pool_size: int = _setting(10, "database connections kept by one hub process")
    traces_url: str = _setting("", "an OpenTelemetry collector that takes OTLP over HTTP; unset: no traces")
    token_lifetime_s: int = _setting(300, "how long an access token of the hub's own server is valid, seconds")
    session_lifetime_s: int = _setting(3_600, "how long a person stays signed in to the hub's own pages, seconds")

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def address(self) -> str:
        """The hub's base address, without a slash at its end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def known_as(self) -> str:
        """The address that the audit log is named by: without a public one the same on every port, as its keys are."""
        return (self.base_url or f"http://{self.host}").rstrip("/")

    @property
    def embedded(self) -> bool:
        return not self.database_url


class SettingError(ValueError):
    """An environment variable that the hub cannot read."""


def read_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from `HUB_*` variables; raises `SettingError` that names the variable and what it must be."""
    environ = os.environ if environ is None else environ
    types = get_type_hints(Settings)
    values: dict[str, Any] = {}
    for each in fields(Settings):
        text = environ.get(f"HUB_{each.name.upper()}")
        if text is None or text == "":
            continue
        try:
            values[each.name] = _truth(text) if types[each.name] is bool else types[each.name](text)
        except ValueError as error:
            what = "true or false" if types[each.name] is bool else types[each.name].__name__
            raise SettingError(f"HUB_{each.name.upper()} must be {what}") from error
    settings = Settings(**(values | overrides))
    if settings.environment not in {"development", "production"}:
        raise SettingError("HUB_ENVIRONMENT must be development or production")
    return settings


def days_in(text: str, variable: str) -> tuple[int, ...]:
    """The numbers of days in a setting, such as `7,1,0`; empty: none. Raises `SettingError` that names the variable."""
    try:
        days = tuple(int(each) for each in text.split(",") if each.strip())
    except ValueError as error:
        raise SettingError(f"{variable} must be numbers of days, such as 7,1,0") from error
    if any(not 0 <= each <= MOST_DAYS for each in days):
        raise SettingError(f"{variable} must be numbers of days from 0 to {MOST_DAYS}")
    return days


def _truth(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError("neither true nor false")
    return text.lower() == "true"


def sources(environ: Mapping[str, str] | None = None) -> list[tuple[str, str, str, str]]:
    """(variable, value shown, where it comes from, sentence) for each setting; secrets are not shown."""
    environ = os.environ if environ is None else environ
    settings = read_settings(environ)
    rows: list[tuple[str, str, str, str]] = []
    for each in fields(Settings):
        name = f"HUB_{each.name.upper()}"
        value = str(getattr(settings, each.name))
        shown = "(set, not shown)" if each.metadata["secret"] and value else value or "(unset)"
        rows.append((name, shown, "environment" if environ.get(name) else "default", each.metadata["sentence"]))
    return rows
