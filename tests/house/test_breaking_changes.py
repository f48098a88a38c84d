"""A breaking change of the schema is told to portal developers in schema/CHANGES.md, or the check fails."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.npm import FOLDER, node

pytestmark = pytest.mark.skipif(
    not (FOLDER / "node_modules").exists() and not os.environ.get("CI"),
    reason="the tools of tests/node are not here: python -m tests.npm",
)

SCHEMA = """
type Query { child(id: ID!): Child }
type Child { id: ID! nhsNumber: String sex: Sex }
enum Sex { FEMALE MALE }
"""
WITHOUT = SCHEMA.replace(" nhsNumber: String", "")
TOLD = "# Changes\n\n- 0.2.0: **breaking** `Child.nhsNumber` is gone.\n- 0.1.0: the first.\n"


class Checkout:
    """A git checkout with a schema and its changes."""

    def __init__(self, at: Path) -> None:
        self.at = at
        (at / "schema").mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.write(SCHEMA, "# Changes\n\n- 0.1.0: the first, with `Child.nhsNumber`.\n")
        self.commit()

    def git(self, *words: str) -> None:
        identity = ["-c", "user.name=test", "-c", "user.email=test@hub.example", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *words], cwd=self.at, check=True, capture_output=True)

    def write(self, schema: str, changes: str | None = None) -> None:
        (self.at / "schema/schema.graphql").write_text(schema)
        if changes is not None:
            (self.at / "schema/CHANGES.md").write_text(changes)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a change")

    def said(self) -> tuple[int, str]:
        done = node("breaking-changes.mjs", cwd=self.at)
        assert done.stderr == ""
        return done.returncode, done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


def test_a_breaking_change_that_nobody_told_fails(checkout: Checkout) -> None:
    """Before it is committed, when it is, and after later commits; an old line about the field tells nothing new."""
    checkout.write(WITHOUT)
    for _ in range(3):
        status, said = checkout.said()
        assert status == 1
        assert "`Child.nhsNumber`" in said
        checkout.commit()


def test_a_breaking_change_that_is_told_passes(checkout: Checkout) -> None:
    checkout.write(WITHOUT, TOLD)
    for _ in range(3):
        assert checkout.said() == (0, "")
        checkout.commit()


def test_each_breaking_change_is_told(checkout: Checkout) -> None:
    checkout.write(WITHOUT.replace(" MALE", "").replace("id: ID!)", "id: ID!, purpose: String!)"), TOLD)
    status, said = checkout.said()
    assert status == 1
    assert "`Child.nhsNumber`" not in said
    assert "`Sex.MALE`" in said
    assert "`Query.child.purpose`" in said


def test_an_addition_passes(checkout: Checkout) -> None:
    checkout.write(SCHEMA.replace("sex: Sex", "sex: Sex upn: String"))
    for _ in range(2):
        assert checkout.said() == (0, "")
        checkout.commit()


def test_on_a_branch_every_change_since_the_trunk_counts(checkout: Checkout) -> None:
    checkout.git("update-ref", "refs/remotes/origin/HEAD", "HEAD")
    checkout.write(WITHOUT)
    checkout.commit()
    checkout.write(WITHOUT.replace("sex: Sex", "sex: Sex upn: String"))
    checkout.commit()
    assert checkout.said()[0] == 1


def test_where_there_is_no_earlier_revision_it_says_so_and_passes(checkout: Checkout, tmp_path: Path) -> None:
    """A first commit, a shallow clone, and files that are in no checkout."""
    nothing = (0, "breaking changes: no earlier revision of the schema is here to compare with\n")
    assert checkout.said() == nothing
    checkout.write(WITHOUT)
    checkout.commit()
    checkout.git("clone", "--quiet", "--depth", "1", checkout.at.as_uri(), str(tmp_path / "shallow"))
    checkout.at = tmp_path / "shallow"
    assert checkout.said() == nothing
    (checkout.at / ".git").rename(tmp_path / "elsewhere")
    assert checkout.said() == nothing
