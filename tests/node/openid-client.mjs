// A portal that uses openid-client: node openid-client.mjs BASE_URL, {client_id, private_key, redirect_uri, person} on
// standard input. Prints what it was given at each step.
import { readFileSync } from 'node:fs';
import * as client from 'openid-client';
import { VIEWER, ask, discovered, tokensFor } from './signing-in.mjs';

const base = process.argv[2];
const portal = JSON.parse(readFileSync(0, 'utf8'));
const config = await discovered(base, portal.client_id, portal.private_key);

// A person signs in through it.
const fill = (page) => ({ person: portal.person, step: page.includes('value="allow"') ? 'allow' : 'who' });
const tokens = await tokensFor(config, portal.redirect_uri, 'openid child.read plan.write', fill);
const person = await ask(base, tokens.access_token);

// What comes back says who says it (RFC 9207): from another server, or from nobody, it is refused, and the code not sent.
const mixedUp = [];
for (const issuer of ['https://another.example', `${base}/`, null]) {
  const changed = (back) => {
    if (issuer) back.searchParams.set('iss', issuer);
    else back.searchParams.delete('iss');
    return back;
  };
  mixedUp.push(await tokensFor(config, portal.redirect_uri, 'openid child.read', fill, { changed }).then(
    () => 'taken', (error) => error.code));
}

// It asks for itself, with a token that is bound to a key.
const keys = await client.randomDPoPKeyPair('ES256');
const DPoP = client.getDPoPHandle(config, keys);
const bound = await client.clientCredentialsGrant(config, { scope: 'child.read' }, { DPoP });
const json = new Headers({ 'content-type': 'application/json' });
const body = JSON.stringify({ query: VIEWER });
const used = await client.fetchProtectedResource(
  config, bound.access_token, new URL(`${base}/graphql`), 'POST', body, json, { DPoP });
const downgraded = await ask(base, bound.access_token);

// It ends the person's token.
const before = await client.tokenIntrospection(config, tokens.access_token);
await client.tokenRevocation(config, tokens.access_token);
const after = await client.tokenIntrospection(config, tokens.access_token);

console.log(JSON.stringify({
  claims: tokens.claims(),
  scope: tokens.scope,
  person,
  mixedUp,
  bound: { type: bound.token_type, status: used.status, ...(await used.json()) },
  downgraded: { status: downgraded.status, challenge: downgraded.challenge },
  active: [before.active, after.active],
  revoked: (await ask(base, tokens.access_token)).status,
}));
