"""Random documents are answered alike by one compiled statement and by the resolvers, for every kind of access.

`HUB_TEST_EXAMPLES=5000` tries so many documents, `HUB_TEST_FIRST=300` begins with another. A difference is shown with
the smallest document that was found to have it.
"""

import os
from random import Random

import pytest

from hub.law.caller import Caller
from tests.compile.answers import Answers, Compared
from tests.compile.documents import Asked, asked
from tests.compile.filled import Filled
from tests.compile.smaller import smaller
from tests.world import ALL_SCOPES

EXAMPLES = int(os.environ.get("HUB_TEST_EXAMPLES", "60"))
FIRST = int(os.environ.get("HUB_TEST_FIRST", "1"))


@pytest.mark.timeout(max(120, EXAMPLES))
async def test_one_statement_answers_as_the_resolvers_do(filled: Filled, answers: Answers) -> None:
    found: list[Compared] = []
    for seed in range(FIRST, FIRST + EXAMPLES):
        question, caller = asked(answers.schema, filled.known, seed), filled.any_caller(Random(seed))
        try:
            found.append(await answers.compare(question, caller))
        except Exception as error:
            least, reason = await _least(answers, question, caller)
            who = f"{caller.organisation_name} for {caller.purpose}, without {set(ALL_SCOPES - caller.scopes)}"
            raise AssertionError(f"seed {seed}: {who}\n{least}\n{(reason or str(error))[:3000]}") from error
    values = [each.leaves for each in found if each.compiled]
    assert len(values) > 0.75 * EXAMPLES, "most documents are compiled"
    assert sum(values) > 50 * EXAMPLES, "there is much to compare"
    assert sum(1 for each in values if each > 10) > 0.4 * EXAMPLES, "in most of them"


async def _least(answers: Answers, question: Asked, caller: Caller) -> tuple[Asked, str]:
    """The question without whatever can be left out of it, as long as it is answered in two ways."""
    reason = ""
    for each in smaller(answers.schema, question):
        try:
            await answers.compare(each, caller)
        except Exception as error:
            least, deeper = await _least(answers, each, caller)
            return least, deeper or str(error)
    return question, reason
