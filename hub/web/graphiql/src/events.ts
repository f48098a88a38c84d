/** The answers of a subscription from a stream of server-sent events ("next" carries one, "complete" ends them). */
import type { ExecutionResult } from 'graphql';

export function answersOf(response: Response, stop: AbortController): AsyncIterableIterator<ExecutionResult> {
  const answers = read(response);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => answers.next(),
    async return() {
      stop.abort(); // ends a read that still waits for the next event
      return { done: true, value: undefined };
    },
  };
}

async function* read(response: Response): AsyncGenerator<ExecutionResult, undefined> {
  try {
    for await (const event of blocks(response.body!.pipeThrough(new TextDecoderStream()))) {
      const name = field(event, 'event');
      if (name === 'complete') return;
      const data = field(event, 'data');
      if (data && (name === 'next' || name === '')) yield JSON.parse(data);
    }
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
  }
}

async function* blocks(text: ReadableStream<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of text) {
    rest = (rest + piece).replaceAll('\r\n', '\n');
    const whole = rest.split('\n\n');
    rest = whole.pop()!;
    yield* whole;
  }
}

function field(event: string, name: string): string {
  const lines = event.split('\n').filter((line) => line.startsWith(`${name}:`));
  return lines.map((line) => line.slice(name.length + 1).trimStart()).join('\n');
}
