"""Cells of the tables that the hub writes for spreadsheets."""

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: object) -> str:
    """The value as a cell that no spreadsheet takes for a formula: one that could be begins with an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_RUNS) else text
