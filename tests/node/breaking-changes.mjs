// Holds the golden schema against its parent revision; fails at a breaking change that schema/CHANGES.md does not tell,
// by its path in backticks, in a line that the parent revision does not have. Run it at the top of a checkout.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const GOLDEN = 'schema/schema.graphql';
const CHANGES = 'schema/CHANGES.md';

/** What git says; null where it fails. */
function git(...words) {
  try {
    const how = { encoding: 'utf8', maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'ignore'] };
    return execFileSync('git', words, how).trim();
  } catch {
    return null;
  }
}

/** Where a branch left the trunk; on the trunk itself, what stood before the last change of the schema. */
function parent() {
  const trunk = git('merge-base', 'HEAD', 'origin/HEAD');
  if (trunk !== null && trunk !== git('rev-parse', 'HEAD')) {
    return trunk;
  }
  const committed = git('diff', '--quiet', 'HEAD', '--', GOLDEN) !== null;
  return committed ? `${git('log', '-1', '--format=%H', '--', GOLDEN)}~1` : 'HEAD';
}

const before = parent();
const old = git('show', `${before}:${GOLDEN}`);
if (old === null) {
  console.log('breaking changes: no earlier revision of the schema is here to compare with');
  process.exit(0);
}
const told = new Set((git('show', `${before}:${CHANGES}`) ?? '').split('\n'));
const lines = readFileSync(CHANGES, 'utf8').split('\n');
const news = lines.filter((line) => !told.has(line));
const changes = await diff(buildSchema(old), buildSchema(readFileSync(GOLDEN, 'utf8')));
const untold = changes.filter(
  ({ criticality, path }) =>
    criticality.level === CriticalityLevel.Breaking && !news.some((line) => line.includes(`\`${path}\``)),
);
for (const { message, path } of untold) {
  console.log(`breaking: ${message}: tell portal developers in ${CHANGES}, with \`${path}\``);
}
process.exit(untold.length ? 1 : 0);
