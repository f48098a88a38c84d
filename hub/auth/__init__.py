"""Who is asking: tokens are issued, read and turned into a `Caller` here, and nowhere else.

Authlib stays in here. Two ways lead through the modules: an assertion becomes a token, a token becomes a caller.

    scopes.py           the closed list of scopes, and what each opens
    roles.py            what a person may do through a system, by role
    jose.py             signed JWTs, read strictly: closed lists of algorithms and headers, sizes capped
    keys.py             the key that signs the hub's own tokens
    clients.py          clients: register, list, rotate, disable
    client_keys.py      the public keys that a client registers, checked
    redirects.py        the addresses that people come back to, checked
    people.py           who may sign in at the hub, in demo and development
    documents.py        the GraphQL documents that a client is trusted with

    assertions.py       the client's side of an assertion, for `hub token` and for tests
    client_proof.py     the assertion, checked and used up (private_key_jwt)
    dpop.py             the proof that whoever sends a token holds its key (RFC 9449)
    requested.py        the scopes of a request, checked
    server.py           the embedded authorization server: Authlib, in a thread pool
    issuing.py          the tokens it signs
    codes.py            authorization codes: made, and taken once
    authorization_request.py, sign_in.py, sign_in_page.py       how people sign in
    own_pages.py        how they sign in to the hub's own pages here;   provider_pages.py   and at a provider of theirs
    sealing.py          what a browser keeps for the hub and cannot read
    token_status.py     introspection and revocation
    records.py          what that server keeps: its synchronous way into the database
    endpoints.py        its HTTP side;   forms.py   how it reads forms
    metadata.py         what it says of itself (RFC 8414, RFC 9728, OpenID, SMART)

    issuer_file.py      the file of trusted issuers, read strictly
    issuers.py          whose tokens are believed, as one table
    jwks.py             where an issuer's keys are, and how long they are kept
    access_token.py     an access token's text becomes what it says
    parties.py          its client and its person, as the database knows them now
    proofs.py           a bound token is held to its key
    refusals.py         who is refused is put on record
    tokens.py           an Authorization header becomes a `Caller`
    doctor.py           what `hub doctor` says of the issuers
"""
