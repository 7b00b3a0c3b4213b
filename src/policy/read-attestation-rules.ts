/**
 * Reads who may attest what (policies/attestations.yaml). Kinds are those of law/matrix.json and the facts that somebody
 * has to determine; a kind that no policy could ever read is an error.
 */
import { z } from 'zod';
import { ROLES } from '../requester/requester.ts';
import type { AttestationRule, AttestationRules } from './attestation-rule.ts';
import type { PolicyFile, PolicyProblem } from './policy-set.ts';
import { FACTS, RECIPIENTS } from './question.ts';
import { readYaml } from './read-yaml.ts';

const Rule = z.strictObject({
  title: z.string().min(1),
  citation: z.string().min(1),
  wording: z.string().min(1),
  asserts: z.array(z.enum(ROLES)).default([]),
  records: z.array(z.enum(ROLES)).min(1),
  originator: z.boolean().default(false),
  recipients: z.array(z.union([z.enum(RECIPIENTS), z.literal('*')])).min(1),
  document: z.boolean().default(false),
  maxDays: z.int().positive().optional(),
});
const Suspension = Rule.omit({ document: true, maxDays: true }).extend({ oralDays: z.int().positive() });
const RulesFile = z.strictObject({
  attestations: z.record(z.string(), Rule),
  determinations: z.record(z.string(), Rule),
  accounting: z.record(z.literal('XX-04'), Suspension).optional(),
});

const ATTESTATION = /^[A-Z]{2}-\d{2}$/;

export interface ReadAttestationRules {
  /** What decisions read. */
  readonly rules: AttestationRules;
  /** What the accounting of disclosures reads. */
  readonly accountingRules: AttestationRules;
  readonly problems: readonly PolicyProblem[];
}

export function readAttestationRules(file: PolicyFile): ReadAttestationRules {
  const { value, problems, placeOf } = readYaml(file, RulesFile);
  if (value === undefined) return { rules: new Map(), accountingRules: new Map(), problems };
  const misplaced = [
    ...Object.keys(value.attestations).map((kind) => ({ path: ['attestations', kind], sound: ATTESTATION.test(kind) })),
    ...Object.keys(value.determinations).map((kind) => ({
      path: ['determinations', kind],
      sound: (FACTS as readonly string[]).includes(kind),
    })),
  ].filter(({ sound }) => !sound);
  const unknown = misplaced.map(
    ({ path }): PolicyProblem => ({ severity: 'error', file: file.path, ...placeOf(path), message: `No policy can read "${path[1]}".` }),
  );
  const entries = [...Object.entries(value.attestations), ...Object.entries(value.determinations)];
  const accounting = Object.entries(value.accounting ?? {}).map(([kind, rule]) => [kind, { ...rule, document: false }] as const);
  return { rules: byKind(entries), accountingRules: byKind(accounting), problems: unknown };
}

function byKind(entries: readonly (readonly [string, Omit<AttestationRule, 'kind'>])[]): AttestationRules {
  return new Map(entries.map(([kind, rule]): [string, AttestationRule] => [kind, { kind, ...rule }]));
}
