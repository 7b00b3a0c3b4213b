/**
 * The policy folder's files -> what every evaluator of an installation shares: schema, law, baseline, overlays of states, default
 * rows, views, attestation rules (design.md 4.3). From disk at the start, or from the files that were kept with a past decision.
 */
import type { AttestationRules } from './attestation-rule.ts';
import type { EvaluatorParts } from './create-evaluator.ts';
import type { PolicyFile, PolicyProblem, PolicySet } from './policy-set.ts';
import type { View } from './question.ts';
import { readAttestationRules } from './read-attestation-rules.ts';
import { readDefaults } from './read-defaults.ts';
import { readPolicySet } from './read-policy-set.ts';
import { readState, STATES } from './read-state.ts';
import { readViews } from './read-views.ts';
import { validatePolicySet } from './validate-policy-set.ts';

/** All but the organization sets and the version. */
export type PolicyFoundation = Omit<EvaluatorParts, 'organizations' | 'version'>;

export interface BuiltFoundation {
  readonly foundation: PolicyFoundation;
  readonly attestationRules: AttestationRules;
  /** Kinds that only an accounting of disclosures reads. */
  readonly accountingAttestations: AttestationRules;
  /** With errors among them the rest must not be used. */
  readonly problems: readonly PolicyProblem[];
}

/** Every file that decisions rest on: read by this file, or by what reads write rights and code sets. */
export const SINGLE_FILES = ['schema.cedarschema', 'law/defaults.json', 'attestations.yaml', 'write-rights.yaml'] as const;
export const FOLDERS = [
  ['law', '.cedar'],
  ['baseline', '.cedar'],
  ['views', '.yaml'],
  ['code-sets', '.yaml'],
  ['code-sets', '.yml'],
  ['code-sets', '.json'],
] as const;

/** @param files paths relative to the policy folder; those of organization sets are not read here */
export function buildFoundation(files: readonly PolicyFile[]): BuiltFoundation {
  const one = (path: (typeof SINGLE_FILES)[number]) => files.find((file) => file.path === path) ?? { path, text: '' };
  const all = (folder: string, extension: string) => files.filter(({ path }) => path.startsWith(`${folder}/`) && path.endsWith(extension));
  const { text: schema } = one('schema.cedarschema');
  const { views, problems: viewProblems } = readViews(all('views', '.yaml'));
  const { rules, accountingRules, problems: attestationProblems } = readAttestationRules(one('attestations.yaml'));
  const { rows, problems: defaultProblems } = readDefaults(one('law/defaults.json'));
  const law = readOwn('law', all('law', '.cedar'), schema, views);
  const baseline = readOwn('baseline', all('baseline', '.cedar'), schema, views);
  // Only those that are switched on are among the files.
  const states = all(STATES, '.cedar').map((file) => readState(file, { schema, views }));
  return {
    foundation: { schema, law: law.set, baseline: baseline.set, states: states.flatMap(({ set }) => set ?? []), defaults: rows, views },
    attestationRules: rules,
    accountingAttestations: accountingRules,
    problems: [
      ...viewProblems,
      ...attestationProblems,
      ...defaultProblems,
      ...[law, baseline, ...states].flatMap(({ problems }) => problems),
    ],
  };
}

function readOwn(
  kind: 'law' | 'baseline',
  files: readonly PolicyFile[],
  schema: string,
  views: ReadonlyMap<string, View>,
): { readonly set: PolicySet; readonly problems: readonly PolicyProblem[] } {
  const { set, problems } = readPolicySet(kind, files);
  if (set === undefined) return { set: { name: kind, mode: 'permit-list', statements: [] }, problems };
  return { set, problems: validatePolicySet(set, { schema, views, kind }) };
}
