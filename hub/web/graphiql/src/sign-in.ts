/**
 * Signing in from the toolbar: an authorization code with PKCE (RFC 7636). What the sign-in is proved with waits in this
 * tab's session while the person is away; the token that comes of it is kept in this page's memory alone.
 */
import type { Caller, Grant } from './session';
import { tabSession } from './storage';

/** One entry of GET /graphql/sign-in: a body, and where its people sign in. */
export interface System {
  client_id: string;
  organisation: string;
  address: string;
}

interface Pending {
  client_id: string;
  state: string;
  verifier: string;
  nonce: string;
}

const ADDRESS = '/graphql/sign-in';
const KEPT = 'hub:sign-in';

/** The bodies whose people may sign in here, and whether this hub is a demo, which may be looked through as others. */
export async function systems(): Promise<{ systems: System[]; demo: boolean }> {
  const response = await fetch(ADDRESS, { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(`Where to sign in could not be read (HTTP ${response.status}).`);
  return response.json();
}

/** Leaves this page for the body's sign-in. The texts of the queries wait in the tab's session. */
export async function signIn({ client_id, address }: System): Promise<void> {
  const pending: Pending = { client_id, state: random(), verifier: random() + random(), nonce: random() };
  tabSession().setItem(KEPT, JSON.stringify(pending));
  const to = new URL(address, location.origin);
  to.searchParams.set('state', pending.state);
  to.searchParams.set('nonce', pending.nonce);
  to.searchParams.set('code_challenge', await challengeOf(pending.verifier));
  to.searchParams.set('code_challenge_method', 'S256');
  location.assign(to);
}

/** Who has come back from a sign-in; null: nobody was away. Throws what went wrong, in a sentence. */
export async function signedIn(): Promise<SignedIn | null> {
  const said = new URLSearchParams(location.search);
  if (!said.has('state')) return null;
  history.replaceState(null, '', location.pathname); // the code does not stay in the address
  const kept = tabSession().getItem(KEPT);
  tabSession().removeItem(KEPT);
  const pending: Pending | null = kept && JSON.parse(kept);
  if (pending?.state !== said.get('state')) throw new Error('This sign-in was begun elsewhere. Sign in again.');
  if (!said.has('code')) throw new Error('You have not signed in.');
  const { state: _, ...proof } = pending!;
  const response = await fetch(ADDRESS, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ ...proof, code: said.get('code'), iss: said.get('iss') }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`You are not signed in: ${answer.error}.`);
  return { ...(await signedInCaller(answer)), name: answer.name };
}

export interface SignedIn extends Caller {
  name: string;
}

/** The token is good no longer, here or anywhere else. */
export async function signOut(caller: Caller): Promise<void> {
  const grant = await caller.grant();
  await fetch('/graphql/sign-out', { method: 'POST', headers: { Authorization: `Bearer ${grant!.access_token}` } });
}

/** A caller with a token from elsewhere, such as `hub token CLIENT`, and the purposes that its token may name. */
export async function pastedCaller(token: string): Promise<Caller> {
  return signedInCaller({ access_token: token, expires_in: Infinity });
}

async function signedInCaller({ access_token, expires_in }: { access_token: string; expires_in: number }): Promise<Caller> {
  const ends = Date.now() + expires_in * 1000;
  const grant: Grant = { access_token, expires_in, ...(await purposesOf(access_token)) };
  return {
    id: `token ${Date.now()}`,
    purpose: null,
    async grant() {
      if (Date.now() >= ends) throw new Error('Your sign-in has ended. Sign in again: the queries stay here.');
      return grant;
    },
  };
}

async function purposesOf(token: string): Promise<Pick<Grant, 'purposes' | 'default_purpose'>> {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ viewer { purposes purpose } }' }),
  });
  const viewer = (await response.json()).data?.viewer;
  return { purposes: viewer?.purposes ?? [], default_purpose: viewer?.purpose ?? '' };
}

function random(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

async function challengeOf(verifier: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
