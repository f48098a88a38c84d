"""The synthetic county as a whole: the same whenever it is told, and of everything that a hub has."""

from collections import Counter
from datetime import timedelta

import pytest

from hub.auth.scopes import is_known
from hub.county.clients import COUNTY_CLIENTS
from hub.county.county import EARLIEST, County, make_county
from tests.counties import TODAY, assert_unique


def test_the_same_seed_tells_the_same_county(county: County) -> None:
    assert make_county(seed=1, today=TODAY).rows == county.rows
    assert make_county(seed=7, today=TODAY).rows["child"] != county.rows["child"]


def test_what_is_told_of_one_child_does_not_hang_on_how_many_there_are(county: County) -> None:
    fewer = make_county(seed=1, today=TODAY, children=12)
    assert fewer.rows["child"] == county.rows["child"][:12]
    assert fewer.rows["plan_section"] == county.rows["plan_section"][: len(fewer.rows["plan_section"])]


def test_more_children_than_the_deck_has_stories() -> None:
    county = make_county(seed=1, today=TODAY, children=640)
    assert len(county.rows["child"]) == 640
    assert_unique(county)


def test_a_day_before_the_commissioners_merged_is_refused() -> None:
    with pytest.raises(ValueError, match=str(EARLIEST)):
        make_county(seed=1, today=EARLIEST - timedelta(days=1))


def test_two_thirds_of_the_children_are_the_first_authoritys(county: County) -> None:
    assert Counter(child["authority"] for child in county.children) == {"990": 200, "991": 100}


def test_it_says_who_is_who(county: County) -> None:
    assert {(each["code"], each["kind"]) for each in county.organisations} >= {
        ("990", "LOCAL_AUTHORITY"),
        ("991", "LOCAL_AUTHORITY"),
        (county.commissioner.code, "INTEGRATED_CARE_BOARD"),
    }
    assert len(county.trusts) == 2
    codes = {each["code"] for each in county.organisations}
    assert {each["organisation"] for each in county.people} <= codes
    assert {"990", "991", county.commissioner.code} <= {each["organisation"] for each in county.people}
    assert sum(map(len, county.rows.values())) == county.size


def test_every_kind_of_body_has_a_client_with_scopes_and_purposes(county: County) -> None:
    bodies = {body.code: body for body in county.bodies.every}
    assert {bodies[client.organisation].kind for client in COUNTY_CLIENTS} == {body.kind for body in bodies.values()}
    assert len({client.client_id for client in COUNTY_CLIENTS}) == len(COUNTY_CLIENTS)
    for client in COUNTY_CLIENTS:
        assert client.default_purpose in client.purposes
        assert all(map(is_known, client.scopes)), client.client_id
        assert len(set(client.scopes)) == len(client.scopes)
        assert "hub.admin" not in client.scopes
