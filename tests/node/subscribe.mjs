// Subscribes as a portal would: node subscribe.mjs graphql-sse|graphql-ws BASE_URL, {token, query, variables} on
// standard input. Prints {events: the first two, query: the results of another operation, refused: the code of one
// that is wrong}.
import { readFileSync } from 'node:fs';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import WebSocket from 'ws';

const [library, base] = process.argv.slice(2);
const { token, query, variables } = JSON.parse(readFileSync(0, 'utf8'));
const authorization = `Bearer ${token}`;

const client =
  library === 'graphql-sse'
    ? createSseClient({ url: `${base}/graphql`, headers: { authorization } })
    : createWsClient({
        url: `${base.replace('http', 'ws')}/graphql/ws`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization },
      });

async function first(count, operation) {
  const results = [];
  for await (const result of client.iterate(operation)) {
    results.push(result);
    if (results.length === count) break;
  }
  return results;
}

// graphql-ws raises the errors of an operation that did not begin; graphql-sse gives them as its result.
const refused = await first(1, { query: '{ nothing }' }).then(
  ([result]) => result.errors,
  (errors) => errors,
);
const printed = {
  events: await first(2, { query, variables }),
  query: await first(2, { query: '{ __typename }' }),
  refused: refused[0].extensions.code,
};
console.log(JSON.stringify(printed));
client.dispose();
