// A portal whose people sign in at another provider: node external.mjs BASE_URL PROVIDER, {client_id, private_key,
// redirect_uri, scope} on standard input. Prints the token and what the hub answered to it, and to the ID token.
import { readFileSync } from 'node:fs';
import { ask, discovered, tokensFor } from './signing-in.mjs';

const [base, issuer] = process.argv.slice(2);
const portal = JSON.parse(readFileSync(0, 'utf8'));
const config = await discovered(issuer, portal.client_id, portal.private_key, { id_token_signed_response_alg: 'ES256' });
const fill = (page) => (page.includes('name="login"') ? { login: 'b.castell', password: 'anything' } : {});
const tokens = await tokensFor(config, portal.redirect_uri, portal.scope, fill, { parameters: { resource: base } });
const machine = await fetch(`${base}/fhir/R4/Task`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
console.log(JSON.stringify({
  token: tokens.access_token,
  person: await ask(base, tokens.access_token),
  idToken: await ask(base, tokens.id_token),
  machine: machine.status,
}));
