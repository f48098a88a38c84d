import type { ReactNode } from 'react';

import type { Identity } from './session';

/** The slim bar above GraphiQL: what this page is, and who is asking for what purpose. */
export function Bar({ children, status }: { children: ReactNode; status: string }) {
  return (
    <header className="bar">
      <h1>
        <a href="/">SEND Hub</a> <span>GraphiQL</span>
      </h1>
      {children}
      <p role="status" className="bar-status">
        {status}
      </p>
      <nav aria-label="Hub">
        <a href="/schema.graphql">Schema</a>
      </nav>
    </header>
  );
}

export interface DemoControlsProps {
  identities: Identity[];
  identity: string;
  onIdentity: (clientId: string) => void;
  purposes: string[];
  purpose: string;
  onPurpose: (purpose: string) => void;
}

export function DemoControls({ identities, identity, onIdentity, purposes, purpose, onPurpose }: DemoControlsProps) {
  return (
    <div className="bar-fields">
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
    </div>
  );
}

export function TokenControls({ onToken }: { onToken: (token: string) => void }) {
  return (
    <form
      className="bar-fields"
      onSubmit={(event) => {
        event.preventDefault();
        onToken(String(new FormData(event.currentTarget).get('token')).trim());
      }}
    >
      <div className="bar-field">
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
      </div>
      <p id="token-hint" className="bar-hint">
        Get one with <code>hub token CLIENT</code>. It is kept in this page’s memory only.
      </p>
    </form>
  );
}
