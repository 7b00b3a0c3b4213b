/**
 * What each overlay of state law changes on the rows of the law matrix, as policies/states/README.md tells it: computed by the code
 * that previews a policy set for administrators. `node scripts/build-state-table.ts` writes it; a test holds the page to it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadPolicies } from '../src/adapters/load-policies.ts';
import { createEvaluator } from '../src/policy/create-evaluator.ts';
import type { PolicySet, PolicyStatement } from '../src/policy/policy-set.ts';
import { type MatrixChange, previewMatrix } from '../src/policy/preview-matrix.ts';
import type { PolicyEvaluator } from '../src/policy/question.ts';

const POLICIES = join(import.meta.dirname, '../policies');
export const PAGE = join(POLICIES, 'states/README.md');
const NOON = { hour: 12, weekday: 3 };

/** @returns the page's parts between its markers, by the marker's name */
export async function stateTable(): Promise<ReadonlyMap<string, string>> {
  const { jurisdictions } = await loadPolicies(POLICIES);
  const { foundation, evaluator } = await loadPolicies(POLICIES, { jurisdictions });
  const federal = consented(createEvaluator({ ...foundation, states: [], version: evaluator.version, organizations: [] }));
  const overlays = await Promise.all(
    (foundation.states ?? []).map(async (set) => {
      const candidate = consented(createEvaluator({ ...foundation, states: [set], version: set.name, organizations: [] }));
      return { set, preview: await previewMatrix(federal, candidate, [NOON], async () => undefined) };
    }),
  );
  const table = overlays.flatMap(({ set, preview: { changes, asked } }) => set.statements.map((one) => rowOf(set, one, changes, asked)));
  const lists = overlays.map(({ set, preview: { changes } }) => listOf(set, changes));
  return new Map([
    ['rules', [HEAD, ...table].join('\n')],
    ['rows', lists.join('\n\n')],
  ]);
}

/** Where the matrix gives an authorization, one that is the state's written consent as well. */
function consented({ version, evaluate }: PolicyEvaluator): PolicyEvaluator {
  return {
    version,
    evaluate({ context, ...question }) {
      const { authorizations } = context;
      return evaluate({
        ...question,
        context: authorizations.length === 0 ? context : { ...context, authorizations: [...authorizations, 'state-written-consent'] },
      });
    },
  };
}

/** The page with its computed parts in place. */
export function withParts(page: string, parts: ReadonlyMap<string, string>): string {
  return [...parts].reduce(
    (text, [name, part]) =>
      text.replace(new RegExp(`(<!-- ${name}:start -->\n)[\\s\\S]*?(\n<!-- ${name}:end -->)`), (_, start, end) => `${start}${part}${end}`),
    page,
  );
}

const HEAD = `| jurisdiction | policy | what it does | citation | text of | basis | recipients | purposes | rows narrowed |
|---|---|---|---|---|---|---|---|---|`;

function rowOf(set: PolicySet, statement: PolicyStatement, changes: readonly MatrixChange[], asked: number): string {
  const { id, annotations } = statement;
  const own = changes.filter((change) => isBy(set, id, change));
  const [categories, recipients, purposes] = [0, 1, 2].map((part) => [...new Set(own.map(({ row }) => wordOf(row, part)))].sort());
  const narrowed = own.length === 0 ? 'none' : `${own.length} of ${asked}: ${categories?.join(', ')}`;
  return `| ${[
    set.name,
    id,
    `${effectOf(statement)}: ${annotations.get('title')}`,
    annotations.get('citation'),
    annotations.get('asOf'),
    annotations.get('basis') === 'state-statute-text-seen' ? 'statute text' : '**summary only**',
    recipients?.join(', '),
    purposes?.join(', '),
    narrowed,
  ].join(' | ')} |`;
}

/** `mental-health.payer.hpaymt`: category, recipient, purpose. */
function wordOf(row: string, part: number): string {
  const word = row.split('.')[part] ?? '';
  return part === 2 ? word.toUpperCase() : word;
}

function effectOf({ effect, annotations }: PolicyStatement): string {
  const [view, duties] = [annotations.get('view'), annotations.get('obligation')];
  if (effect === 'forbid') return 'closes';
  return [view === undefined ? '' : `view \`${view}\``, duties === undefined ? '' : `duty \`${duties}\``]
    .filter((text) => text !== '')
    .join(', ');
}

function isBy(set: PolicySet, id: string, { basis, to }: MatrixChange): boolean {
  return basis.some((row) => row.set === set.name && row.policy === id && (row.effect === 'forbid') === (to === 'deny'));
}

/** Rows as the matrix names them, with what is known beside recipient and purpose. */
function listOf({ name }: PolicySet, changes: readonly MatrixChange[]): string {
  const lines = changes.map(({ row, given, from, to, basis }) => {
    const known = Object.values(given).flat().join(', ');
    const by = basis.filter(({ set }) => set === name).map(({ policy }) => policy);
    return `- \`${row}\`${known === '' ? '' : ` with ${known}`}: ${from} → ${to} (${by.join(', ')})`;
  });
  return [`### ${name}`, '', ...lines].join('\n');
}

if (import.meta.main) await writeFile(PAGE, withParts(await readFile(PAGE, 'utf8'), await stateTable()));
