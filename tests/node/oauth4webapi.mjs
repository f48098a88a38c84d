// A trust's system that uses oauth4webapi: node oauth4webapi.mjs BASE_URL, {client_id, private_key} on standard input.
// Prints the metadata it found, and what a plain token and one bound to each kind of key opened.
import { readFileSync } from 'node:fs';
import * as oauth from 'oauth4webapi';
import { signingKey } from './signing-in.mjs';

const base = new URL(process.argv[2]);
const { client_id, private_key } = JSON.parse(readFileSync(0, 'utf8'));
const insecure = { [oauth.allowInsecureRequests]: true };

const resource = await oauth.processResourceDiscoveryResponse(
  new URL(base.origin), await oauth.resourceDiscoveryRequest(new URL(base.origin), insecure));
const issuer = new URL(resource.authorization_servers[0]);
const server = await oauth.processDiscoveryResponse(
  issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }));

const client = { client_id };
const auth = oauth.PrivateKeyJwt(await signingKey(private_key));

async function opened(keys) {
  const DPoP = keys && oauth.DPoP(client, keys);
  const answer = await oauth.clientCredentialsGrantRequest(
    server, client, auth, { scope: 'system/Task.rs' }, { DPoP, ...insecure });
  const token = await oauth.processClientCredentialsResponse(server, client, answer);
  const used = await oauth.protectedResourceRequest(
    token.access_token, 'GET', new URL(`${base.origin}/fhir/R4/Task?_count=1`), undefined, undefined, { DPoP, ...insecure });
  return { type: token.token_type, status: used.status };
}

const bound = {};
for (const algorithm of ['ES256', 'PS256', 'Ed25519']) {
  bound[algorithm] = await opened(await oauth.generateKeyPair(algorithm));
}
console.log(JSON.stringify({ resource: resource.resource, plain: await opened(), bound }));
