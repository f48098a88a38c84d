"""Who is asking: tokens are issued, read and turned into a `Caller` here, and nowhere else. Authlib stays in here.

scopes.py           the closed list of scopes, and what each opens
jose.py             signed JWTs, read strictly: closed lists of algorithms and headers, sizes capped
keys.py             the key that signs the hub's own tokens
issuers.py          whose tokens are believed, as one table
tokens.py           an Authorization header becomes a `Caller`
clients.py          clients: register, list, rotate, disable
client_proof.py     a client's signed assertion, checked and used up (private_key_jwt)
server.py           the embedded authorization server: Authlib on Starlette, in a thread pool
metadata.py         what the server says of itself (RFC 8414, RFC 9728, SMART)
assertions.py       the client's side of it, for `hub token` and for tests
"""
