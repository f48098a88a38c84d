"""What a scope opens, and what no scope opens."""

import pytest

from hub.auth.scopes import FHIR_RESOURCES, GRAPHQL, covered, fhir_scope, grants, is_known, scopes_supported


@pytest.mark.parametrize(
    ("scopes", "resource", "interaction", "granted"),
    [
        ({"system/Task.rs"}, "Task", "r", True),
        ({"system/Task.rs"}, "Task", "s", True),
        ({"system/Task.rs"}, "Task", "u", False),
        ({"system/Task.rs"}, "Patient", "r", False),
        ({"system/Task.r", "system/Task.c"}, "Task", "c", True),
        ({"system/*.rs"}, "Patient", "s", True),
        ({"system/*.rs"}, "Patient", "d", False),
        ({"system/Task.cruds"}, "Task", "read", False),
        ({"system/Task.cruds"}, "Task", "", False),
        ({"child.read"}, "Patient", "r", False),
        (set[str](), "Task", "r", False),
    ],
)
def test_a_fhir_scope_grants_the_interactions_it_names(
    scopes: set[str], resource: str, interaction: str, granted: bool
) -> None:
    assert grants(scopes, resource, interaction) is granted


@pytest.mark.parametrize(
    "scope",
    [
        "system/Task.",
        "system/Task.sr",
        "system/Task.rr",
        "system/Task.read",
        "system/Task.*",
        "system/Task.rs?owner=1",
        "system/Nothing.r",
        "system/task.r",
        "user/Task.r",
        "patient/Task.r",
        "system/Task.r\n",
        "child.Read",
        "child.read ",
        "",
    ],
)
def test_what_is_no_scope(scope: str) -> None:
    assert not is_known(scope)
    assert fhir_scope(scope) is None
    assert not covered(scope, by={scope})  # even registered by mistake, it opens nothing


def test_a_scope_covers_itself_and_what_is_narrower() -> None:
    held = {"child.read", "system/Task.cruds", "system/Patient.r", "system/Patient.s"}
    assert covered("child.read", by=held)
    assert covered("system/Task.rs", by=held)
    assert covered("system/Patient.rs", by=held)
    assert not covered("plan.read", by=held)
    assert not covered("system/Patient.cr", by=held)
    assert not covered("system/*.rs", by=held)
    assert covered("system/Flag.s", by={"system/*.rs"})


def test_every_scope_has_a_sentence_and_is_known() -> None:
    assert all(sentence.endswith(".") for sentence in GRAPHQL.values())
    assert all(is_known(scope) for scope in scopes_supported())
    assert len(scopes_supported()) == len(GRAPHQL) + len(FHIR_RESOURCES)
