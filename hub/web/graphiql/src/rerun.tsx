import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { getOperationAST, parse } from 'graphql';
import { useEffect, useRef } from 'react';

import type { Caller } from './session';

/**
 * Asks again when somebody else asks: the answers that the last caller got are dropped from every tab, and the query in
 * view is run. Mutations and subscriptions wait for the person to press the button. GraphiQL reads the operation's name
 * a moment after a tab is chosen: until it is that of the text in view, running it would ask for another.
 */
export function Rerun({ caller }: { caller: Caller }) {
  const { moveTab, run, stop, updateActiveTabValues } = useGraphiQLActions();
  const { queryEditor, responseEditor, tabs, activeTabIndex, operationName } = useGraphiQL(
    pick('queryEditor', 'responseEditor', 'tabs', 'activeTabIndex', 'operationName'),
  );
  const ready = Boolean(queryEditor && responseEditor);
  const last = useRef<Caller>(null);
  const due = useRef(false);

  useEffect(() => {
    if (!ready || last.current === caller) return;
    const opening = last.current === null;
    last.current = caller;
    stop();
    moveTab(tabs.map((tab, index) => (index === activeTabIndex ? tab : { ...tab, response: null })));
    responseEditor!.setValue('');
    updateActiveTabValues({ response: null });
    if (opening && !caller.id) return; // the page opens without a token: nothing to ask yet
    due.current = true;
  }, [caller, ready]);

  useEffect(() => {
    if (!due.current) return;
    const kind = kindOf(queryEditor!.getValue(), operationName);
    if (kind === undefined) return;
    due.current = false;
    if (kind === 'query') void run();
  }, [caller, ready, operationName]);

  return null;
}

/** What kind of operation the name stands for in the text; undefined where it is not in it; null in half-written text. */
function kindOf(text: string, operationName: string | undefined): string | undefined | null {
  try {
    return getOperationAST(parse(text), operationName)?.operation;
  } catch {
    return null;
  }
}
