"""How well records of one child are found: no link that is made by a rule is wrong, and what is not linked is asked."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from hub.bench.identity import measure, measure_file, of_return, of_trust, run
from hub.law.identity import Known
from hub.law.vocabulary import NHSNumberStatus

SAMPLES = Path(__file__).parents[2].parent / "shared" / "data" / "sen2"
TODAY = date(2026, 11, 28)
FAMILIES = [
    "Ali",
    "Begum",
    "Brown",
    "Campbell",
    "Chen",
    "Clarke",
    "Davies",
    "Evans",
    "Green",
    "Hughes",
    "Jones",
    "Kaur",
    "Khan",
    "Moore",
    "Patel",
    "Smith",
]
GIVEN = [
    "Ada",
    "Ava",
    "Chloe",
    "Daniel",
    "Elif",
    "Emily",
    "Ethan",
    "Grace",
    "Harry",
    "Isla",
    "Jacob",
    "Maya",
    "Mia",
    "Noah",
    "Oscar",
    "Zara",
]


def _made(rng: Random, count: int) -> list[tuple[int, Known]]:
    """Children of few names and days, so that many are alike, and every tenth with a twin."""
    found: list[Known] = []
    while len(found) < count:
        born = date(2010, 1, 1) + timedelta(days=rng.randrange(700))
        home = f"ZZ{rng.randrange(10, 99)} {rng.randrange(1, 9)}AB"
        upn = f"A990{len(found):04d}10001" if rng.random() < 0.7 else None
        one = Known(rng.choice(FAMILIES), rng.choice(GIVEN), born, home, upn=upn)
        found.append(one)
        if rng.random() < 0.1:
            found.append(
                replace(one, given_name=rng.choice([each for each in GIVEN if each != one.given_name]), upn=None)
            )
    return list(enumerate(found))


def _heard(rng: Random, known: Known) -> Known:
    """As a trust has the child: misspelt, moved, or without a pupil number, as may be."""
    family = known.family_name if rng.random() < 0.95 else known.family_name[:-1] + "x"
    home = known.postcode if rng.random() < 0.85 else "ZZ99 3WZ"
    upn = known.upn if rng.random() < 0.4 else None
    return replace(known, family_name=family, postcode=home, upn=upn, nhs_number="9990000018")


def test_no_automatic_link_is_wrong_and_the_rest_is_asked() -> None:
    rng = Random(20261128)
    records = _made(rng, 1_500)
    said = [(row, replace(_heard(rng, known), nhs_number=None)) for row, known in records]
    measured = measure(records, said, on=TODAY)
    assert (measured.wrong, measured.precision) == (0, 1.0)
    assert measured.recall > 0.75
    assert measured.asked_rightly == measured.asked
    assert measured.of - sum(measured.linked.values()) - measured.asked < measured.of * 0.01
    assert "precision of automatic links 1.0000" in measured.as_text()


def test_no_link_that_an_import_makes_is_wrong_and_the_rest_is_asked() -> None:
    """As an importer has it, which knows children also by their words and by its case system's numbers: twins whose
    names were exchanged or who have one pupil number, and numbers that were given again, are for somebody to decide."""
    rng = Random(20261129)
    made = [(row, replace(known, system_number=("caseworks", str(row)))) for row, known in _made(rng, 1_500)]
    said: list[tuple[int, Known]] = []
    numbers_of_others = pupil_numbers_of_others = 0
    for row, known in made:
        heard = replace(_heard(rng, known), nhs_number=None)
        if rng.random() < 0.1:
            numbers_of_others += 1
            heard = replace(heard, system_number=("caseworks", str(rng.randrange(1_500))))
        elif rng.random() < 0.5:
            heard = replace(heard, system_number=None)
        if known.upn is None and rng.random() < 0.05:
            pupil_numbers_of_others += 1
            heard = replace(heard, upn=made[rng.randrange(1_500)][1].upn)
        said.append((row, heard))
    assert min(numbers_of_others, pupil_numbers_of_others) > 10
    measured = measure_file(made, said, on=TODAY)
    assert (measured.wrong, measured.precision) == (0, 1.0)
    assert set(measured.linked) > {"case-systems-number", "own-names-and-date-of-birth", "upn-and-date-of-birth"}
    assert measured.recall > 0.85
    assert measured.of - sum(measured.linked.values()) - measured.asked < measured.of * 0.01
    assert "told of by a file of the authority's own" in measured.as_text("a file of the authority's own")


def test_a_stranger_is_linked_to_nobody() -> None:
    rng = Random(7)
    records = _made(rng, 300)
    stranger = Known("Okafor", "Benjamin", date(1999, 1, 1), "ZZ1 1ZZ", "9990000018", NHSNumberStatus.VERIFIED)
    measured = measure(records, [(-1, stranger)], on=TODAY)
    assert (dict(measured.linked), measured.asked, measured.recall) == ({}, 0, 0.0)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared folder is not beside this repository")
def test_the_sample_of_a_trust() -> None:
    said: list[str] = []
    assert run(SAMPLES / "sample.xml", SAMPLES / "sample-nhs.jsonl", authority="990", today=TODAY, say=said.append)
    records, trust = (
        of_return(SAMPLES / "sample.xml", authority="990", today=TODAY),
        of_trust(SAMPLES / "sample-nhs.jsonl"),
    )
    measured = measure(records, trust, on=TODAY)
    assert said[0] == measured.as_text()
    assert "told of by a file of the authority's own: precision of automatic links 1.0000" in said[1]
    assert measured.recall > 0.85
