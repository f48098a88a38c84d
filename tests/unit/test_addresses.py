"""Addresses of several servers, as each way to connect takes them."""

import pytest
from psycopg import conninfo
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import make_url

from hub.db.addresses import address

SEVERAL = "postgresql://hub:pw@db1:5432,db2:5433,db3/hub?target_session_attrs=read-write"


@pytest.mark.parametrize(
    ("given", "hosts", "ports"),
    [
        (SEVERAL, "db1,db2,db3", "5432,5433,5432"),
        ("postgresql://hub:pw@[::1]:6000,[fe80::1]/hub?target_session_attrs=read-write", "::1,fe80::1", "6000,5432"),
        ("postgresql://hub:pw@/hub?host=a,b&port=1,2&target_session_attrs=read-write", "a,b", "1,2"),
        ("postgresql://hub:pw@db1:5432/hub?target_session_attrs=read-write", "db1", "5432"),
    ],
)
def test_libpq_and_sqlalchemy_find_the_same_servers(given: str, hosts: str, ports: str) -> None:
    """And on each of them a silence ends the connection."""
    made = address(given)
    libpq = conninfo.conninfo_to_dict(made)
    assert (libpq["host"], str(libpq["port"]), libpq["dbname"], libpq["user"]) == (hosts, ports, "hub", "hub")
    _, options = PGDialect_psycopg().create_connect_args(make_url(made))
    assert (options["host"], str(options["port"]), options["dbname"]) == (hosts, ports, "hub")
    for each in (libpq, options):
        assert each["target_session_attrs"] == "read-write"
        assert (each["keepalives_idle"], each["tcp_user_timeout"]) == ("5", "10000")


def test_what_the_operator_says_of_silence_stands() -> None:
    assert "keepalives_idle=60" in address("postgresql://db/hub?keepalives_idle=60")
    assert address("") == ""
