import type { ReactNode } from 'react';

import type { Identity } from './session';
import type { System } from './sign-in';

/** The slim bar above GraphiQL: what this page is, and who is asking for what purpose. */
export function Bar({ children, status }: { children: ReactNode; status: string }) {
  return (
    <header className="bar">
      <h1>
        <a href="/">SEND Hub</a> <span>GraphiQL</span>
      </h1>
      <div className="bar-fields">{children}</div>
      <p role="status" className="bar-status">
        {status}
      </p>
      <nav aria-label="Hub">
        <a href="/schema.graphql">Schema</a>
      </nav>
    </header>
  );
}

export interface ViewAsProps {
  identities: Identity[];
  identity: string;
  onIdentity: (clientId: string) => void;
}

/** The demo's menu: as whom to look. */
export function ViewAs({ identities, identity, onIdentity }: ViewAsProps) {
  return (
    <div className="bar-field">
      <label htmlFor="view-as">View as</label>
      <select id="view-as" value={identity} onChange={(event) => onIdentity(event.target.value)}>
        {identities.map(({ client_id, label }) => (
          <option key={client_id} value={client_id}>
            {label}
          </option>
        ))}
        <option value="">Nobody (no token)</option>
      </select>
    </div>
  );
}

export interface PurposeProps {
  purposes: string[];
  purpose: string;
  onPurpose: (purpose: string) => void;
}

/** For what the caller asks: what it may see hangs on it. */
export function Purpose({ purposes, purpose, onPurpose }: PurposeProps) {
  return (
    <div className="bar-field">
      <label htmlFor="purpose">Purpose</label>
      <select
        id="purpose"
        value={purpose}
        onChange={(event) => onPurpose(event.target.value)}
        disabled={purposes.length === 0}
      >
        {purposes.length === 0 && <option value="">None</option>}
        {purposes.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Signing in, with the body one works for, where there is any to choose. */
export function SignInControls({ systems, onSystem }: { systems: System[]; onSystem: (system: System) => void }) {
  return (
    <form
      className="bar-field"
      onSubmit={(event) => {
        event.preventDefault();
        const chosen = new FormData(event.currentTarget).get('system');
        const system = systems.find(({ client_id }) => client_id === chosen);
        if (system) onSystem(system);
      }}
    >
      <label htmlFor="system">Sign in for</label>
      <select id="system" name="system">
        {systems.map(({ client_id, organisation }) => (
          <option key={client_id} value={client_id}>
            {organisation}
          </option>
        ))}
      </select>
      <button type="submit">Sign in</button>
    </form>
  );
}

/** Who has signed in, and the way out. */
export function SignedInControls({ name, onSignOut }: { name: string; onSignOut: () => void }) {
  return (
    <div className="bar-field">
      <span>{name}</span>
      <button type="button" onClick={onSignOut}>
        Sign out
      </button>
    </div>
  );
}

export function TokenControls({ onToken }: { onToken: (token: string) => void }) {
  return (
    <form
      className="bar-field"
      onSubmit={(event) => {
        event.preventDefault();
        onToken(String(new FormData(event.currentTarget).get('token')).trim());
      }}
    >
      <label htmlFor="token">Access token</label>
      <input
        id="token"
        name="token"
        type="password"
        autoComplete="off"
        spellCheck={false}
        aria-describedby="token-hint"
      />
      <button type="submit">Use token</button>
      <p id="token-hint" className="bar-hint">
        Get one with <code>hub token CLIENT</code>. It is kept in this page’s memory only.
      </p>
    </form>
  );
}
