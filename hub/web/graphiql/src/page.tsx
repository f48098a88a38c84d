import { explorerPlugin } from '@graphiql/plugin-explorer';
import { GraphiQL } from 'graphiql';
import { useEffect, useMemo, useRef, useState } from 'react';

import { Bar, Purpose, SignedInControls, SignInControls, TokenControls, ViewAs } from './bar';
import { type ExplainedAnswer, ExplainedPanel } from './explained';
import { hubFetcher } from './fetcher';
import { Rerun } from './rerun';
import { type Caller, demo, demoCaller, type Grant, type Identity, NOBODY } from './session';
import { pastedCaller, type SignedIn, signedIn, signIn, signOut, type System, systems } from './sign-in';
import { tabSession } from './storage';
import { type Examples, readyTabs } from './tabs';

const PLUGINS = [explorerPlugin()]; // beside the documentation; a history of queries would keep personal data

export function Page() {
  const [identities, setIdentities] = useState<Identity[] | null>(); // undefined: not known yet; null: no demo
  const [examples, setExamples] = useState<Examples>({});
  const [places, setPlaces] = useState<System[]>([]);
  const [caller, setCaller] = useState<Caller>(); // undefined: not known yet
  const [person, setPerson] = useState<SignedIn | null>(null);
  const [grant, setGrant] = useState<Grant | null>(null);
  const [problem, setProblem] = useState('');

  useEffect(() => {
    const said = (error: Error) => setProblem(error.message);
    const where = systems().catch((error: Error) => (said(error), { systems: [], demo: false }));
    void where.then((found) => setPlaces(found.systems));
    const coming = signedIn().catch((error: Error) => (said(error), null));
    const looking = where.then((found) => (found.demo ? demo() : null)).catch((error: Error) => (said(error), { identities: [], examples: {} }));
    void Promise.all([coming, looking]).then(([back, found]) => {
      const first = found?.identities[0];
      setIdentities(found?.identities ?? null);
      setExamples(found?.examples ?? {});
      setPerson(back);
      setCaller(back ?? (first ? demoCaller(first.client_id) : NOBODY));
    });
  }, []);

  useEffect(() => {
    let wanted = true;
    caller?.grant().then(
      (got) => wanted && setGrant(got),
      (error: Error) => wanted && (setGrant(null), setProblem(error.message)),
    );
    return () => {
      wanted = false;
    };
  }, [caller]);

  const become = (next: Caller) => {
    setGrant(null);
    setProblem('');
    setCaller(next);
  };
  const leave = () => {
    if (person) void signOut(person).catch((error: Error) => setProblem(error.message));
    setPerson(null);
    become(NOBODY);
  };
  const identity = identities?.find(({ client_id }) => client_id === caller?.id);
  const purposes = grant?.purposes ?? identity?.purposes ?? [];

  return (
    <>
      <Bar status={problem}>
        {!person && identities && (
          <ViewAs
            identities={identities}
            identity={identity?.client_id ?? ''}
            onIdentity={(clientId) => become(clientId ? demoCaller(clientId) : NOBODY)}
          />
        )}
        <Purpose
          purposes={purposes}
          purpose={caller?.purpose ?? grant?.default_purpose ?? ''}
          onPurpose={(purpose) => caller && setCaller({ ...caller, purpose })}
        />
        {person && <SignedInControls name={person.name} onSignOut={leave} />}
        {!person && places.length > 0 && (
          <SignInControls
            systems={places}
            onSystem={(place) => void signIn(place).catch((error: Error) => setProblem(error.message))}
          />
        )}
        {!person && identities === null && (
          <TokenControls onToken={(token) => void (token ? pastedCaller(token) : Promise.resolve(NOBODY)).then(become)} />
        )}
      </Bar>
      <main>{caller && <Editor caller={caller} examples={examples} />}</main>
    </>
  );
}

function Editor({ caller, examples }: { caller: Caller; examples: Examples }) {
  const current = useRef(caller);
  current.current = caller;
  const [answer, setAnswer] = useState<ExplainedAnswer | null>(null);
  const tabs = useMemo(() => readyTabs(examples), []);
  const fetcher = useMemo(() => hubFetcher(() => current.current, setAnswer), []);

  return (
    <>
      <GraphiQL
        fetcher={fetcher}
        schema={caller.id ? undefined : null} // shown to whoever holds a token: asked for once somebody does
        schemaDescription
        plugins={PLUGINS}
        defaultTabs={tabs}
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
