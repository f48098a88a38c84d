// A trust's engineer, who has the README, the capability page and nothing else: fhir-kit-client for FHIR, jose for keys,
// node's own http and crypto for what arrives.
//   node from-nothing.mjs keys                makes a key pair: {private, jwks}
//   node from-nothing.mjs BASE_URL            on standard input {client_id, private, ods, port, advice}
// Prints "subscribed" when the hub may be told to go on, and at the end what was seen.
import { createServer } from 'node:http';
import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client } from 'fhir-kit-client';
import * as jose from 'jose';

const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code';

async function keys() {
  const { publicKey, privateKey } = await jose.generateKeyPair('RS512', { extractable: true });
  const named = { kid: 'mine-1', alg: 'RS512', use: 'sig' };
  const jwks = { keys: [{ ...await jose.exportJWK(publicKey), ...named }] };
  return { private: { ...await jose.exportJWK(privateKey), ...named }, jwks };
}

async function token(fhir, told) {
  const smart = await (await fetch(`${fhir}/.well-known/smart-configuration`)).json();
  const key = await jose.importJWK(told.private, 'RS512');
  const assertion = await new jose.SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'RS512', kid: told.private.kid, typ: 'JWT' })
    .setIssuer(told.client_id).setSubject(told.client_id).setAudience(smart.token_endpoint)
    .setIssuedAt().setExpirationTime('4 minutes').sign(key);
  const answer = await fetch(smart.token_endpoint, { method: 'POST', body: new URLSearchParams({
    grant_type: 'client_credentials', client_assertion: assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }) });
  return (await answer.json()).access_token;
}

/** What is posted to this port; each waits for the one that asks for it. */
async function receiver(port) {
  const come = [];
  const waiting = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    response.writeHead(204).end();
    const posted = { headers: request.headers, body: Buffer.concat(parts) };
    waiting.length ? waiting.shift()(posted) : come.push(posted);
  });
  await new Promise((ready) => server.listen(port, '127.0.0.1', ready));
  return { next: () => (come.length ? come.shift() : new Promise((got) => waiting.push(got))), close: () => server.close() };
}

/** Standard Webhooks 1.0, v1a: ed25519 over id.timestamp.body, by node's own cryptography. */
function isSigned({ headers, body }, published) {
  const x = Buffer.from(published.replace('whpk_', ''), 'base64').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const content = Buffer.concat([Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.`), body]);
  return headers['webhook-signature'].split(' ').some((each) =>
    each.startsWith('v1a,') && verify(null, content, key, Buffer.from(each.slice(4), 'base64')));
}

const said = (posted, name) => JSON.parse(posted.body).entry[0].resource.parameter.find((each) => each.name === name);

async function journey(base, told) {
  const fhir = `${base}/fhir/R4`;
  const endpoint = await receiver(told.port);
  const client = new Client({ baseUrl: fhir });
  const statement = await client.capabilityStatement();
  client.bearerToken = await token(fhir, told);
  const topics = statement.rest[0].resource.find((each) => each.type === 'Subscription').documentation;
  const topic = topics.match(/https:\S*request-addressed-to-me/)[0];
  const made = await client.create({ resourceType: 'Subscription', body: {
    resourceType: 'Subscription', status: 'requested', reason: 'To see what we are asked', criteria: topic,
    channel: { type: 'rest-hook', endpoint: `http://127.0.0.1:${told.port}/told`, payload: 'application/fhir+json' } } });
  const handshake = await endpoint.next();
  let subscription = made;
  while (subscription.status === 'requested') subscription = await client.read({ resourceType: 'Subscription', id: made.id });
  const key = subscription.channel.extension.find((each) => each.url.endsWith('public-key')).valueString;
  console.log('subscribed');
  const event = await endpoint.next();
  const focus = said(event, 'notification-event').part.find((each) => each.name === 'focus').valueReference.reference;
  const task = await client.read({ resourceType: 'Task', id: focus.split('/').pop() });
  const bundle = JSON.parse(told.advice.replaceAll('TASK-ID', task.id));
  bundle.identifier.value = randomUUID();
  const done = await client.transaction({ body: bundle });
  const after = await client.read({ resourceType: 'Task', id: task.id });
  endpoint.close();
  return {
    version: statement.fhirVersion,
    handshake: [said(handshake, 'type').valueCode, isSigned(handshake, key)],
    event: [said(event, 'type').valueCode, isSigned(event, key)],
    forged: isSigned({ ...event, body: Buffer.concat([event.body, Buffer.from(' ')]) }, key),
    owner: task.owner.identifier.system === ODS && task.owner.identifier.value === told.ods,
    read: task.status,
    done: done.entry.map((each) => each.response.status),
    after: after.status,
    advice: after.output.length,
  };
}

const [what] = process.argv.slice(2);
console.log(JSON.stringify(what === 'keys' ? await keys() : await journey(what, JSON.parse(readFileSync(0, 'utf8')))));
process.exit(0);
