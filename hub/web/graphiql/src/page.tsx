import { explorerPlugin } from '@graphiql/plugin-explorer';
import { GraphiQL } from 'graphiql';
import { useEffect, useMemo, useRef, useState } from 'react';

import { Bar, DemoControls, TokenControls } from './bar';
import { type ExplainedAnswer, ExplainedPanel } from './explained';
import { hubFetcher } from './fetcher';
import { Rerun } from './rerun';
import { type Caller, demoCaller, demoIdentities, type Grant, type Identity, NOBODY, pastedCaller } from './session';
import { tabSession } from './storage';
import { READY_TABS } from './tabs';

const PLUGINS = [explorerPlugin()]; // beside the documentation; a history of queries would keep personal data

export function Page() {
  const [identities, setIdentities] = useState<Identity[] | null>(); // undefined: not known yet; null: no demo
  const [caller, setCaller] = useState<Caller>(); // undefined: not known yet
  const [grant, setGrant] = useState<Grant | null>(null);
  const [problem, setProblem] = useState('');

  useEffect(() => {
    demoIdentities()
      .then((found) => {
        setIdentities(found);
        setCaller(found?.[0] ? demoCaller(found[0].client_id) : NOBODY);
      })
      .catch((error: Error) => {
        setProblem(error.message);
        setIdentities([]);
        setCaller(NOBODY);
      });
  }, []);

  useEffect(() => {
    let wanted = true;
    caller?.grant().then(
      (got) => wanted && (setGrant(got), setProblem('')),
      (error: Error) => wanted && (setGrant(null), setProblem(error.message)),
    );
    return () => {
      wanted = false;
    };
  }, [caller]);

  const identity = identities?.find(({ client_id }) => client_id === caller?.id);

  return (
    <>
      <Bar status={problem}>
        {identities && (
          <DemoControls
            identities={identities}
            identity={identity?.client_id ?? ''}
            onIdentity={(clientId) => {
              setGrant(null);
              setCaller(clientId ? demoCaller(clientId) : NOBODY);
            }}
            purposes={grant?.purposes ?? identity?.purposes ?? []}
            purpose={caller?.purpose ?? grant?.default_purpose ?? ''}
            onPurpose={(purpose) => caller && setCaller({ ...caller, purpose })}
          />
        )}
        {identities === null && <TokenControls onToken={(token) => setCaller(token ? pastedCaller(token) : NOBODY)} />}
      </Bar>
      <main>{caller && <Editor caller={caller} />}</main>
    </>
  );
}

function Editor({ caller }: { caller: Caller }) {
  const current = useRef(caller);
  current.current = caller;
  const [answer, setAnswer] = useState<ExplainedAnswer | null>(null);
  const fetcher = useMemo(() => hubFetcher(() => current.current, setAnswer), []);

  return (
    <>
      <GraphiQL
        fetcher={fetcher}
        schema={caller.id ? undefined : null} // shown to whoever holds a token: asked for once somebody does
        schemaDescription
        plugins={PLUGINS}
        defaultTabs={READY_TABS}
        defaultEditorToolsVisibility="variables"
        shouldPersistHeaders={false}
        storage={tabSession()}
      >
        <GraphiQL.Logo>{null}</GraphiQL.Logo>
        <Rerun caller={caller} />
      </GraphiQL>
      <ExplainedPanel answer={answer} />
    </>
  );
}
