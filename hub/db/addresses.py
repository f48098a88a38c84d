"""Addresses of PostgreSQL as an operator writes them, made into what each of the hub's ways to connect understands.

`postgresql://hub@db1:5432,db2:5432/hub?target_session_attrs=read-write` names several servers, of which the one that
leads is taken. libpq reads that; SQLAlchemy wants the servers in the query, where libpq takes them too.
"""

from urllib.parse import quote

from sqlalchemy.engine import make_url

_SILENCE = {
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
"""A server that is lost with its machine sends nothing, not even that it is gone: after some ten seconds of that, a
connection is lost, also one on which nothing is asked (that of the queue, and of the feed)."""


def address(url: str) -> str:
    """The address with its servers in its query if they are several, and with an end to silence. Empty: empty."""
    if not url:
        return url
    made = make_url(_in_query(url))
    missing = {name: value for name, value in _SILENCE.items() if name not in made.query}
    return made.update_query_dict(missing).render_as_string(hide_password=False)


def _in_query(url: str) -> str:
    scheme, _, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    user, at, servers = authority.rpartition("@")
    if "," not in servers:
        return url
    hosts, ports = zip(*(_server(each) for each in servers.split(",")), strict=True)
    path, _, query = path.partition("?")
    said = f"host={quote(','.join(hosts))}&port={','.join(ports)}"
    return f"{scheme}://{user}{at}{slash or '/'}{path}?{said}{'&' if query else ''}{query}"


def _server(written: str) -> tuple[str, str]:
    """The host and port of one server; an IPv6 address stands in brackets."""
    host, colon, port = written.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = written, "5432"
    return host.removeprefix("[").removesuffix("]"), port
