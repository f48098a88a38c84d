/** Who is asking: an identity of the demo, somebody who has signed in, or nobody. Tokens stay in memory. */

import type { Examples } from './tabs';

/** One entry of GET /demo/identities. */
export interface Identity {
  client_id: string;
  label: string;
  purposes: string[];
}

/** The answer of POST /demo/token. */
export interface Grant {
  access_token: string;
  expires_in: number; // seconds
  purposes: string[];
  default_purpose: string;
}

export interface Caller {
  id: string;
  /** The chosen purpose; null is the client's default. */
  purpose: string | null;
  /** A grant that is still good, or null for a caller without one. */
  grant: () => Promise<Grant | null>;
}

const RENEW_BEFORE_MS = 30_000;

export const NOBODY: Caller = { id: '', purpose: null, grant: async () => null };

/** The demo's identities, and examples for the tabs' variables. */
export async function demo(): Promise<{ identities: Identity[]; examples: Examples }> {
  const response = await fetch('/demo/identities', { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(`The list of identities could not be read (HTTP ${response.status}).`);
  return response.json();
}

/** A caller of the demo. Its token is asked for when it is first needed, and again shortly before it ends. */
export function demoCaller(clientId: string): Caller {
  let current: Promise<Grant> | undefined;
  let renewAt = 0;
  async function ask(): Promise<Grant> {
    const asked = Date.now();
    const grant = await demoToken(clientId);
    renewAt = asked + Math.max(grant.expires_in * 1000 - RENEW_BEFORE_MS, grant.expires_in * 500);
    return grant;
  }
  return {
    id: clientId,
    purpose: null,
    grant() {
      if (current === undefined || Date.now() >= renewAt) {
        renewAt = Infinity; // while it is being asked for, every request waits for the same one
        current = ask();
        current.catch(() => (current = undefined));
      }
      return current;
    },
  };
}

async function demoToken(clientId: string): Promise<Grant> {
  const response = await fetch('/demo/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ client_id: clientId }),
  });
  if (!response.ok) throw new Error(`The hub gave no token for ${clientId} (HTTP ${response.status}).`);
  return response.json();
}
