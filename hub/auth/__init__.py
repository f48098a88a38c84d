"""Who is asking: tokens are issued, read and turned into a `Caller` here, and nowhere else.

Authlib stays in here. Two ways lead through the modules: an assertion becomes a token, a token becomes a caller.

    scopes.py           the closed list of scopes, and what each opens
    jose.py             signed JWTs, read strictly: closed lists of algorithms and headers, sizes capped
    keys.py             the key that signs the hub's own tokens
    clients.py          clients: register, list, rotate, disable
    client_keys.py      the public keys that a client registers, checked

    assertions.py       the client's side of an assertion, for `hub token` and for tests
    client_proof.py     the assertion, checked and used up (private_key_jwt)
    server.py           the embedded authorization server: Authlib, in a thread pool
    records.py          what that server keeps: its synchronous way into the database
    endpoints.py        its HTTP side
    metadata.py         what it says of itself (RFC 8414, RFC 9728, SMART)

    issuers.py          whose tokens are believed, as one table
    access_token.py     an access token's text becomes what it says
    tokens.py           an Authorization header becomes a `Caller`
"""
