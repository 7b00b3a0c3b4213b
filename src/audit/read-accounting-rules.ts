/** Reads policies/accounting.yaml. A rule under two grounds is an error: what is told must not hang on the order of a file alone. */
import { z } from 'zod';
import type { PolicyFile, PolicyProblem } from '../policy/policy-set.ts';
import { readYaml } from '../policy/read-yaml.ts';
import type { AccountingRules } from './accounting-rules.ts';

const words = z.record(z.string(), z.string().min(1));
const ground = {
  id: z.string().regex(/^[a-z0-9-]+$/),
  counted: z.boolean(),
  years: z.int().min(1).optional(),
  citation: z.string().min(1),
  text: z.string().min(1),
};
const RulesFile = z
  .strictObject({
    grounds: z.array(z.strictObject({ ...ground, rules: z.array(z.string().min(1)).min(1) })),
    otherwise: z.strictObject({ ...ground, counted: z.literal(true) }),
    purposes: words,
    labels: words,
    types: z.record(z.string(), z.tuple([z.string().min(1), z.string().min(1)])),
  })
  .refine(({ grounds }) => {
    const rules = grounds.flatMap((row) => row.rules);
    return new Set(rules).size === rules.length;
  }, 'a rule is under two grounds');

export interface ReadAccountingRules {
  /** Absent where there are problems. */
  readonly rules?: AccountingRules;
  readonly problems: readonly PolicyProblem[];
}

export function readAccountingRules(file: PolicyFile): ReadAccountingRules {
  const { value, problems } = readYaml(file, RulesFile);
  if (value === undefined) return { problems };
  const groundOf = value.grounds.flatMap(({ rules, ...row }) => rules.map((rule) => [rule, row] as const));
  const rules: AccountingRules = {
    groundOf: new Map(groundOf),
    otherwise: value.otherwise,
    purposes: new Map(Object.entries(value.purposes)),
    labels: new Map(Object.entries(value.labels)),
    types: new Map(Object.entries(value.types)),
  };
  return { rules, problems };
}
