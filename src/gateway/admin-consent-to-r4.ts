/**
 * An R5 Consent in the form of R4, for a record server of R4 (law/authorization-elements.json, r4_to_r5). Only what can be said in
 * R4 without loss is said; anything else is named and nothing is made. The result is read again by the enforcement code's reader:
 * it must hold the very rules that the R5 form holds.
 */
import { normalizeConsent } from '../consent/normalize-consent.ts';
import type { Rule } from '../consent/normalized-consent.ts';
import type { Json, JsonObject, Resource } from '../fhir/resource.ts';
import { sameJson } from '../fhir/same-json.ts';

export interface R4Form {
  /** Absent where something of it can't be said in R4. */
  readonly resource?: Resource;
  /** Elements of the R5 form that R4 has no place for. */
  readonly lost: readonly string[];
}

const PRIVACY = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy', display: 'Privacy Consent' }],
};
const SAME = [
  'id',
  'meta',
  'implicitRules',
  'language',
  'text',
  'contained',
  'extension',
  'modifierExtension',
  'identifier',
  'status',
  'category',
];
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['subject', 'patient'],
  ['date', 'dateTime'],
  ['grantor', 'performer'],
]);
const MOVED: ReadonlySet<string> = new Set([
  'resourceType',
  'manager',
  'controller',
  'sourceAttachment',
  'sourceReference',
  'regulatoryBasis',
  'policyBasis',
  'verification',
  'period',
  'decision',
  'provision',
]);
const PROVISION_SAME = [
  'id',
  'extension',
  'modifierExtension',
  'period',
  'actor',
  'action',
  'securityLabel',
  'purpose',
  'code',
  'dataPeriod',
  'data',
];
const TYPE_SYSTEMS: ReadonlySet<unknown> = new Set(['http://hl7.org/fhir/fhir-types', 'http://hl7.org/fhir/resource-types']);
const MAX_DEPTH = 32;

export function isR5({ provision, decision, grantor, subject }: Resource): boolean {
  return Array.isArray(provision) || decision !== undefined || grantor !== undefined || subject !== undefined;
}

export function toR4Consent(consent: Resource): R4Form {
  const lost: string[] = [];
  const lose = (name: string) => void lost.push(name);
  const made: Record<string, Json> = { resourceType: 'Consent', scope: PRIVACY };
  for (const [name, value] of Object.entries(consent) as [string, Json][]) {
    const plain = name.replace(/^_/, '');
    const as = SAME.includes(plain) ? plain : RENAMED.get(plain);
    if (as !== undefined) made[name.startsWith('_') ? `_${as}` : as] = value;
    else if (!MOVED.has(name)) lose(name);
  }
  const organizations = [...listOf(consent.controller), ...listOf(consent.manager)];
  if (organizations.length > 0) made.organization = organizations;
  Object.assign(made, source(consent, lose), policy(consent, lose), verification(consent, lose), provision(consent, lose));
  if (lost.length > 0) return { lost: [...new Set(lost)] };
  const resource = made as unknown as Resource;
  return sameRules(consent, resource) ? { resource, lost } : { lost: ['provision'] };
}

type Lose = (name: string) => void;

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);
const rowOf = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

function source({ sourceAttachment, sourceReference }: Resource, lose: Lose) {
  const [attachments, references] = [listOf(sourceAttachment), listOf(sourceReference)];
  if (attachments.length + references.length > 1) lose(attachments.length > 0 ? 'sourceAttachment' : 'sourceReference');
  if (attachments.length > 0) return { sourceAttachment: attachments[0] };
  return references.length > 0 ? { sourceReference: references[0] } : {};
}

function policy({ policyBasis, regulatoryBasis }: Resource, lose: Lose) {
  const { url, ...rest } = rowOf(policyBasis);
  if (Object.keys(rest).length > 0) lose('policyBasis');
  const rules = listOf(regulatoryBasis);
  if (rules.length > 1) lose('regulatoryBasis');
  return { ...(url === undefined ? {} : { policy: [{ uri: url }] }), ...(rules.length === 0 ? {} : { policyRule: rules[0] }) };
}

function verification({ verification: rows }: Resource, lose: Lose) {
  const made = listOf(rows).map((row) => {
    const { verified, verifiedWith, verificationDate, ...rest } = rowOf(row);
    const dates = listOf(verificationDate);
    if (Object.keys(rest).length > 0 || dates.length > 1) lose('verification');
    return {
      ...(verified === undefined ? {} : { verified }),
      ...(verifiedWith === undefined ? {} : { verifiedWith }),
      ...(dates.length === 0 ? {} : { verificationDate: dates[0] }),
    };
  });
  return made.length === 0 ? {} : { verification: made };
}

/** The root carries the decision and the period of the whole; each exception says the opposite of what it stands in. */
function provision({ decision, period, provision: exceptions }: Resource, lose: Lose) {
  if (decision === undefined && period === undefined && exceptions === undefined) return {};
  if (decision !== 'permit' && decision !== 'deny') {
    lose('decision');
    return {};
  }
  const nested = nest(exceptions, decision, 1, lose);
  return { provision: { type: decision, ...(period === undefined ? {} : { period }), ...nested } };
}

function nest(exceptions: unknown, around: 'permit' | 'deny', depth: number, lose: Lose): JsonObject {
  const rows = listOf(exceptions);
  if (depth > MAX_DEPTH || (exceptions !== undefined && !Array.isArray(exceptions))) lose('provision');
  if (rows.length === 0 || depth > MAX_DEPTH) return {};
  return { provision: rows.map((row) => exception(rowOf(row), around === 'permit' ? 'deny' : 'permit', depth, lose)) };
}

function exception(row: JsonObject, type: 'permit' | 'deny', depth: number, lose: Lose): JsonObject {
  const made: Record<string, Json> = { type };
  for (const [name, value] of Object.entries(row)) {
    if (PROVISION_SAME.includes(name)) made[name] = value;
    else if (!['provision', 'documentType', 'resourceType'].includes(name)) lose(`provision.${name}`);
  }
  const types = listOf(row.resourceType);
  // R4 has one list for both, and any of it satisfies it.
  const both = types.length > 0 && row.documentType !== undefined;
  if (both || types.some((coding) => !TYPE_SYSTEMS.has(rowOf(coding).system))) lose('provision.resourceType');
  const classes = [...types, ...listOf(row.documentType)];
  return { ...made, ...(classes.length === 0 ? {} : { class: classes }), ...nest(row.provision, type, depth + 1, lose) };
}

function sameRules(r5: Resource, r4: Resource): boolean {
  const [one, other] = [normalizeConsent(r5), normalizeConsent(r4)];
  if (one.unreadable !== undefined || other.unreadable !== undefined) return false;
  return one.kind === other.kind && one.root === other.root && sameJson(one.rules.map(bare), other.rules.map(bare));
}

function bare({ effect, depth, constraints, periods, notUnderstood }: Rule): Json {
  const { classes, documentTypes, resourceTypes, ...rest } = constraints;
  const spans = periods.map(({ any, unreadable }) => ({ unreadable, any: any.map(({ from, to }) => [String(from), String(to)]) }));
  return JSON.parse(JSON.stringify({ effect, depth, rest, types: classes ?? documentTypes ?? resourceTypes, spans, notUnderstood }));
}
