/** The panel under the editors: how the answer in view was made, what it put on record, and what was kept back and why. */

/** What the hub tells of an answer in its extensions, where it is no production. */
export interface Explained {
  cost: { nodes: number; most: number; depth: number } | null;
  compiled: boolean;
  disclosures: Disclosure[];
}

interface Disclosure {
  children: number;
  purpose: string;
  ground: string;
  shown: string[];
  withheld: string[];
}

export interface ExplainedAnswer {
  data?: unknown;
  explained?: Explained;
}

interface Kept {
  fields: string[];
  rule: string;
  reason: string;
}

const MOST_KEPT = 8;

export function ExplainedPanel({ answer }: { answer: ExplainedAnswer | null }) {
  if (!answer) return null;
  const { explained } = answer;
  const kept = [...keptIn(answer.data).values()];
  if (!explained && kept.length === 0) return null;
  const children = explained?.disclosures.reduce((sum, each) => sum + each.children, 0) ?? 0;
  return (
    <aside className="told" aria-label="About this answer">
      {explained && (
        <p>
          {explained.cost && (
            <>
              Cost: at most {number(explained.cost.nodes)} of {number(explained.cost.most)} objects.{' '}
            </>
          )}
          {explained.compiled ? 'One SQL statement made it (compiled). ' : 'The resolvers made it, field by field. '}
          {children === 0
            ? 'It disclosed no child’s record.'
            : `It disclosed records of ${children} ${children === 1 ? 'child' : 'children'}, and that is on record.`}
        </p>
      )}
      {explained && children > 0 && (
        <details>
          <summary>What was put on record</summary>
          <ul>
            {explained.disclosures.map((each, index) => (
              <li key={index}>
                {each.children} {each.children === 1 ? 'child' : 'children'}, for {each.purpose}, on the ground of{' '}
                {each.ground || 'none'}: shown {each.shown.join(', ') || 'nothing'}
                {each.withheld.length > 0 && <>; kept back {each.withheld.join(', ')}</>}
              </li>
            ))}
          </ul>
        </details>
      )}
      {kept.length > 0 && (
        <details open>
          <summary>Withheld, and by which rule</summary>
          <ul>
            {kept.slice(0, MOST_KEPT).map(({ entry, times }) => (
              <li key={entry.fields.join() + entry.reason}>
                <strong>{entry.fields.join(', ')}</strong>
                {times > 1 && ` (${times} times)`}: {entry.reason} <code>{entry.rule}</code>
              </li>
            ))}
            {kept.length > MOST_KEPT && <li>and {kept.length - MOST_KEPT} more, in the answer</li>}
          </ul>
        </details>
      )}
    </aside>
  );
}

/** Each entry of the answer's `withheld` lists, once, with how often it stands there. */
function keptIn(data: unknown): Map<string, { entry: Kept; times: number }> {
  const found = new Map<string, { entry: Kept; times: number }>();
  const walk = (value: unknown, name: string): void => {
    if (Array.isArray(value)) return value.forEach((each) => walk(each, name));
    if (value === null || typeof value !== 'object') return;
    if (name === 'withheld' && 'reason' in value && 'fields' in value) {
      const entry = value as Kept;
      const key = entry.fields.join() + entry.reason;
      const before = found.get(key);
      found.set(key, { entry, times: (before?.times ?? 0) + 1 });
      return;
    }
    for (const [field, inside] of Object.entries(value)) walk(inside, field);
  };
  walk(data, '');
  return found;
}

function number(value: number): string {
  return value.toLocaleString('en-GB');
}
