/** Reads what denials cite where no policy forbids (policies/law/defaults.json). Every category must end in a row for anything. */
import { z } from 'zod';
import { CATEGORIES } from '../classify/label.ts';
import type { DefaultRow, PolicyFile, PolicyProblem } from './policy-set.ts';
import { RECIPIENTS } from './question.ts';
import { readYaml } from './read-yaml.ts';

const Row = z.strictObject({
  categories: z.array(z.enum(CATEGORIES)).min(1),
  recipients: z.array(z.union([z.enum(RECIPIENTS), z.literal('*')])).min(1),
  purposes: z.array(z.string()).min(1),
  actions: z.array(z.enum(['disclose', 'create', 'update', 'delete'])).optional(),
  authorization: z.string().optional(),
  rule: z.string().min(1),
  citation: z.string().min(1),
});
const Defaults = z.strictObject({ note: z.string(), rows: z.array(Row) });

export function readDefaults(file: PolicyFile): { readonly rows: readonly DefaultRow[]; readonly problems: readonly PolicyProblem[] } {
  const { value, problems } = readYaml(file, Defaults);
  if (value === undefined) return { rows: [], problems };
  const open = CATEGORIES.filter((category) => !value.rows.some((row) => row.categories.includes(category) && matchesAnything(row)));
  const missing = open.map(
    (category): PolicyProblem => ({
      severity: 'error',
      file: file.path,
      line: 1,
      column: 1,
      message: `No row ends the category "${category}".`,
    }),
  );
  return { rows: value.rows, problems: missing };
}

function matchesAnything({ recipients, purposes, actions, authorization }: DefaultRow): boolean {
  return recipients.includes('*') && purposes.includes('*') && actions === undefined && authorization === undefined;
}
