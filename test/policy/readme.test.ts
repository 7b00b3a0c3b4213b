/** policies/README.md tells of every policy and view what the files say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { POLICIES, shipped } from './shipped.ts';

const lines = readFileSync(join(POLICIES, 'README.md'), 'utf8').split('\n');

it.each(shipped.foundation.law.statements)('$id is in the table', ({ id, effect, annotations }) => {
  const says = `${effect}${annotations.has('mandate') ? ', mandate' : ''}`;
  expect(lines).toContain(
    `| ${id} | ${says} | ${annotations.get('title')} | ${annotations.get('view') ?? ''} | ${annotations.get('citation')} |`,
  );
});

it.each([...shipped.views.values()])('view $id is in the table', ({ id, citation }) => {
  expect(lines).toContain(`| \`${id}\` | ${citation} |`);
});
