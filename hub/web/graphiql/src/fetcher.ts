/** How GraphiQL asks the hub: one POST for each operation; the answers of a subscription come as server-sent events. */
import type { Fetcher } from '@graphiql/toolkit';
import { getOperationAST } from 'graphql';

import { answersOf } from './events';
import type { ExplainedAnswer } from './explained';
import type { Caller } from './session';

const ADDRESS = '/graphql';

export function hubFetcher(caller: () => Caller, onAnswer: (answer: ExplainedAnswer | null) => void): Fetcher {
  return async (operation, options) => {
    const document = options?.documentAST;
    const subscribes = document && getOperationAST(document, operation.operationName)?.operation === 'subscription';
    const headers = await headersFor(caller());
    headers.set('Accept', subscribes ? 'text/event-stream' : 'application/graphql-response+json, application/json');
    headers.set('Explain-Answer', '1'); // a demo tells in the extensions how the answer was made; production does not
    // What stands in GraphiQL's Headers editor wins.
    for (const [name, value] of Object.entries(options?.headers ?? {})) headers.set(name, String(value));

    if (operation.operationName !== 'IntrospectionQuery') onAnswer(null);
    const stop = new AbortController();
    const response = await fetch(ADDRESS, {
      method: 'POST',
      headers,
      body: JSON.stringify(operation),
      cache: 'no-store',
      credentials: 'omit', // the token alone says who is asking
      redirect: 'error',
      signal: stop.signal,
    });
    const type = response.headers.get('Content-Type') ?? 'no content type';
    if (type.startsWith('text/event-stream')) return answersOf(response, stop);
    if (type.includes('json')) {
      const { extensions, ...answer } = await response.json();
      if (operation.operationName !== 'IntrospectionQuery') onAnswer({ ...answer, explained: extensions?.explained });
      return answer;
    }
    throw new Error(`The hub answered with HTTP ${response.status} and ${type}, which is not GraphQL.`);
  };
}

async function headersFor(caller: Caller): Promise<Headers> {
  const headers = new Headers({ 'Content-Type': 'application/json' });
  const grant = await caller.grant();
  if (grant === null) return headers;
  headers.set('Authorization', `Bearer ${grant.access_token}`);
  const purpose = caller.purpose ?? grant.default_purpose;
  if (purpose) headers.set('Purpose-Of-Use', purpose);
  return headers;
}
