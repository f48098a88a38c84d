"""Settings come from `HUB_*` variables, and what cannot be read is named."""

import pytest

from hub.settings import SettingError, read_settings


def test_a_truth_is_true_or_false() -> None:
    assert read_settings({"HUB_GRAPHQL_COMPILED": "false"}).graphql_compiled is False
    assert read_settings({"HUB_GRAPHQL_COMPILED": "True"}).graphql_compiled is True
    assert read_settings({}).graphql_compiled is True


@pytest.mark.parametrize(
    ("variable", "text", "must_be"),
    [("HUB_GRAPHQL_COMPILED", "0", "true or false"), ("HUB_PORT", "http", "int")],
)
def test_what_cannot_be_read_is_named(variable: str, text: str, must_be: str) -> None:
    with pytest.raises(SettingError, match=f"{variable} must be {must_be}"):
        read_settings({variable: text})
