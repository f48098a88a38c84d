// A trust's system that uses fhir-kit-client, or @medplum/core: node fhir-clients.mjs BASE_URL, and on standard input
// {client_id, private_key, ods, tasks: {kit, medplum}, advice}. Each finds, accepts and completes one request with advice.
// Prints what each saw.
import { readFileSync } from 'node:fs';
import { Client } from 'fhir-kit-client';
import { MedplumClient } from '@medplum/core';
import * as oauth from 'oauth4webapi';
import { signingKey } from './signing-in.mjs';

const base = new URL(process.argv[2]);
const told = JSON.parse(readFileSync(0, 'utf8'));
const insecure = { [oauth.allowInsecureRequests]: true };
const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code';
const fhir = `${base.origin}/fhir/R4`;

async function token() {
  const server = await oauth.processDiscoveryResponse(
    base, await oauth.discoveryRequest(base, { algorithm: 'oauth2', ...insecure }));
  const client = { client_id: told.client_id };
  const auth = oauth.PrivateKeyJwt(await signingKey(told.private_key));
  const answer = await oauth.clientCredentialsGrantRequest(server, client, auth, {}, insecure);
  return (await oauth.processClientCredentialsResponse(server, client, answer)).access_token;
}

const advice = (id) => {
  const bundle = JSON.parse(told.advice.replaceAll('TASK-ID', id));
  return { ...bundle, identifier: { ...bundle.identifier, value: crypto.randomUUID() } };
};

async function withKit() {
  const client = new Client({ baseUrl: fhir });
  client.bearerToken = await token();
  const capabilities = await client.capabilityStatement();
  const found = await client.search({
    resourceType: 'Task', searchParams: { 'owner:identifier': `${ODS}|${told.ods}`, _id: told.tasks.kit } });
  const read = await client.read({ resourceType: 'Task', id: told.tasks.kit });
  const accepted = await client.update({
    resourceType: 'Task', id: read.id, body: { ...read, status: 'accepted' },
    options: { headers: { 'If-Match': `W/"${read.meta.versionId}"` } } });
  const done = await client.transaction({ body: advice(read.id) });
  const batch = await client.batch({ body: { resourceType: 'Bundle', type: 'batch', entry: [
    { request: { method: 'GET', url: `Task/${read.id}` } }, { request: { method: 'GET', url: 'Task/none' } }] } });
  const outcome = await client.operation({ name: 'validate', resourceType: 'Patient', input: { resourceType: 'Patient' } });
  const refused = await client.read({ resourceType: 'Task', id: 'none' }).catch((error) => error.response.data.resourceType);
  return { version: capabilities.fhirVersion, found: found.entry.length, accepted: accepted.status,
    done: done.entry.map((each) => each.response.status), batch: batch.entry.map((each) => each.response.status),
    outcome: outcome.resourceType, refused };
}

async function withMedplum() {
  const client = new MedplumClient({ baseUrl: `${base.origin}/`, fhirUrlPath: 'fhir/R4', fetch });
  client.setAccessToken(await token());
  const found = await client.searchResources('Task', { 'owner:identifier': `${ODS}|${told.ods}`, _id: told.tasks.medplum });
  const read = await client.readResource('Task', told.tasks.medplum);
  const done = await client.executeBatch(advice(read.id));
  const outcome = await client.validateResource({ resourceType: 'Patient', gender: 'banana' });
  return { found: found.length, read: read.status, done: done.entry.map((each) => each.response.status),
    outcome: outcome.issue[0].severity };
}

console.log(JSON.stringify({ kit: await withKit(), medplum: await withMedplum() }));
