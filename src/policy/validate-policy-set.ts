/**
 * Whether a well-formed policy set means what it says: every name is one that the schema knows, every policy rests on a
 * citation, every view exists, no annotation is misspelt. Cedar's strict validation, told at the line it happened.
 */
import { type DetailedError, type ValidationError, validate } from '@cedar-policy/cedar-wasm/nodejs';
import actCode from '../../policies/terminology/act-code-hierarchy.json' with { type: 'json' };
import { CONFIDENTIALITY_ORDER } from '../fhir/codes.ts';
import { closestName } from './closest-name.ts';
import type { PolicyProblem, PolicySet, PolicyStatement } from './policy-set.ts';
import { positionAt } from './position-at.ts';
import { readsOf } from './reads-of.ts';

export interface ValidateOptions {
  /** Text of the Cedar schema. */
  readonly schema: string;
  /** Ids of the views that there are. */
  readonly views: ReadonlySet<string> | ReadonlyMap<string, unknown>;
  /** `organization` by default. The law may mandate, and must say title and date of effect; a state's says what it rests on. */
  readonly kind?: 'law' | 'baseline' | 'state' | 'organization';
  /** What a label that HL7 does not have is: a `warning` by default. */
  readonly unknownLabels?: PolicyProblem['severity'];
}

const ANNOTATIONS = ['id', 'title', 'citation', 'effective', 'view', 'obligation', 'mandate'];
/** Of an overlay: the rule of law/rules.json, the date of the text that was seen, and whether it was the statute or a summary. */
const OF_STATES = ['rule', 'asOf', 'basis'];
const REQUIRED: Readonly<Record<NonNullable<ValidateOptions['kind']>, readonly string[]>> = {
  law: ['citation', 'title', 'effective'],
  state: ['citation', 'title', ...OF_STATES],
  baseline: ['citation'],
  organization: ['citation'],
};
const BASES = ['state-statute-text-seen', 'state-summary-seen'];
const AS_OF = /^(\d{4}(-\d{2}){0,2}|undated)$/;
const OF_PERMITS = ['view', 'obligation', 'mandate'];
/** Duties that HL7 has no code for. */
const OBLIGATIONS = [
  'ask-no-further-use',
  'copy-of-consent',
  'copy-to-individual',
  'document-emergency',
  'notation-in-record',
  'part2-accounting',
  'state-redisclosure-statement',
];
/** Statements of `policies/baseline` stand in every organization set under these ids. */
const RESERVED = ['baseline'];
const LABELS = new Set<string>([...Object.keys(actCode.parents), ...CONFIDENTIALITY_ORDER]);

/** @returns nothing where the set is sound; a set with errors must not be activated, warnings are for the author */
export function validatePolicySet(set: PolicySet, options: ValidateOptions): readonly PolicyProblem[] {
  return [...set.statements.flatMap((statement) => annotationProblems(statement, options)), ...cedarProblems(set, options.schema)];
}

function annotationProblems(
  statement: PolicyStatement,
  { views, kind = 'organization', unknownLabels = 'warning' }: ValidateOptions,
): PolicyProblem[] {
  const { annotations, effect, id } = statement;
  const error = (message: string, suggestion?: string) => problemAt(statement, 0, 'error', message, suggestion);
  const warning = (message: string, suggestion?: string) => problemAt(statement, 0, 'warning', message, suggestion);
  const problems: PolicyProblem[] = [];
  const known = kind === 'state' ? [...ANNOTATIONS, ...OF_STATES] : ANNOTATIONS;
  for (const name of annotations.keys()) {
    if (!known.includes(name)) problems.push(error(`There is no annotation @${name}.`, meant(closestName(name, known), '@')));
    else if (effect === 'forbid' && OF_PERMITS.includes(name)) problems.push(error(`@${name} belongs to a permit.`));
  }
  for (const name of REQUIRED[kind]) {
    if ((annotations.get(name) ?? '') === '') problems.push(error(`The policy has no @${name}.`, `write @${name}("…")`));
  }
  const view = annotations.get('view');
  if (view !== undefined && !views.has(view)) problems.push(error(`There is no view "${view}".`, meant(closestName(view, views.keys()))));
  const effective = annotations.get('effective');
  if (effective !== undefined && !isDate(effective)) problems.push(error(`"${effective}" is no date.`, 'write it as 2024-04-16'));
  if (kind !== 'law' && annotations.has('mandate')) problems.push(error('Only the law mandates.', 'remove @mandate'));
  const [basis, asOf] = [annotations.get('basis'), annotations.get('asOf')];
  if (basis !== undefined && !BASES.includes(basis)) problems.push(error(`There is no basis "${basis}".`, `write ${BASES.join(' or ')}`));
  if (asOf !== undefined && !AS_OF.test(asOf)) problems.push(error(`"${asOf}" is no date.`, 'write it as 2024, 2024-04 or undated'));
  if (kind !== 'baseline' && kind !== 'law' && RESERVED.includes(id)) problems.push(error(`The @id "${id}" is reserved.`));
  for (const word of (annotations.get('obligation') ?? '').split(/\s+/)) {
    if (word === '' || LABELS.has(word) || OBLIGATIONS.includes(word)) continue;
    problems.push(warning(`Nothing carries out the obligation "${word}".`, meant(closestName(word, [...OBLIGATIONS, ...LABELS]))));
  }
  const labels = readsOf([statement]).get('labels');
  for (const label of labels === 'all' || labels === undefined ? [] : labels) {
    if (LABELS.has(label)) continue;
    problems.push(problemAt(statement, 0, unknownLabels, `HL7 has no security label "${label}".`, meant(closestName(label, LABELS))));
  }
  return problems;
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

function cedarProblems(set: PolicySet, schema: string): PolicyProblem[] {
  const staticPolicies = Object.fromEntries(set.statements.map(({ id, text }) => [id, text]));
  const answer = validate({ schema, policies: { staticPolicies } });
  if (answer.type === 'failure') {
    return answer.errors.map(({ message }) => ({ severity: 'error', file: set.name, line: 1, column: 1, message }));
  }
  const found = [
    ...answer.validationErrors.map((error) => cedarProblem(set, error, 'error')),
    ...answer.validationWarnings.map((error) => cedarProblem(set, error, 'warning')),
  ].flat();
  // Cedar repeats itself for every action that a policy may be asked about.
  const keys = found.map((one) => `${one.file}:${one.line}:${one.column} ${one.message.replace(/ for Action::"\w+"/, '')}`);
  return found.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

function cedarProblem(set: PolicySet, { policyId, error }: ValidationError, severity: PolicyProblem['severity']): PolicyProblem[] {
  const statement = set.statements.find(({ id }) => id === policyId);
  if (statement === undefined) return [];
  const message = withoutPolicy(error.message);
  return [problemAt(statement, error.sourceLocations?.[0]?.start ?? 0, severity, message, suggestionOf(error))];
}

/** Cedar lists every member of an enumeration; the author wants the one that was meant. */
function suggestionOf({ message, help }: DetailedError): string | undefined {
  if (help === null) return undefined;
  const written = /entity `(\w+)::"([^"]*)"` is of an enumerated entity type/.exec(message);
  const known = [...help.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '');
  const near = written?.[2] === undefined ? undefined : closestName(written[2], known);
  return near === undefined ? withoutPolicy(help) : `did you mean ${written?.[1]}::"${near}"?`;
}

function withoutPolicy(message: string): string {
  return message.replace(/^for policy `[^`]*`[:,] /, '');
}

function meant(name: string | undefined, prefix = ''): string | undefined {
  return name === undefined ? undefined : `did you mean "${prefix}${name}"?`;
}

function problemAt(
  { text, file, id, position }: PolicyStatement,
  byte: number,
  severity: PolicyProblem['severity'],
  message: string,
  suggestion?: string,
): PolicyProblem {
  const place = positionAt(text, byte, position);
  return { severity, file, ...place, policy: id, message, ...(suggestion === undefined ? {} : { suggestion }) };
}
