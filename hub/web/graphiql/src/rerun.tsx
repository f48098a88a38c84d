import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { getOperationAST, parse } from 'graphql';
import { useEffect, useRef } from 'react';

import type { Caller } from './session';

/**
 * Asks again when somebody else asks: the answers that the last caller got are dropped from every tab, and the query in
 * view is run. Mutations and subscriptions wait for the person to press the button.
 */
export function Rerun({ caller }: { caller: Caller }) {
  const { moveTab, run, stop, updateActiveTabValues } = useGraphiQLActions();
  const { queryEditor, responseEditor, tabs, activeTabIndex, operationName } = useGraphiQL(
    pick('queryEditor', 'responseEditor', 'tabs', 'activeTabIndex', 'operationName'),
  );
  const ready = Boolean(queryEditor && responseEditor);
  const last = useRef<Caller>(null);

  useEffect(() => {
    if (!ready || last.current === caller) return;
    const opening = last.current === null;
    last.current = caller;
    stop();
    moveTab(tabs.map((tab, index) => (index === activeTabIndex ? tab : { ...tab, response: null })));
    responseEditor!.setValue('');
    updateActiveTabValues({ response: null });
    if (opening && !caller.id) return; // the page opens without a token: nothing to ask yet
    if (isQuery(queryEditor!.getValue(), operationName)) void run();
  }, [caller, ready]);

  return null;
}

function isQuery(text: string, operationName: string | undefined): boolean {
  try {
    return getOperationAST(parse(text), operationName)?.operation === 'query';
  } catch {
    return false; // half-written text
  }
}
