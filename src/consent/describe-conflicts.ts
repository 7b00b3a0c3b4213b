/**
 * What contradicts what: within one Consent (a permit and a deny in the same words), and between it and others of the patient,
 * where for something that it permits another denies it, or the other way round (design.md 4.2; AV-09, 45 CFR 164.522(a)).
 * Between Consents the enforcement code itself is asked about an example of what each rule covers.
 */
import { ACT_REASON, CONFIDENTIALITY, type Confidentiality } from '../fhir/codes.ts';
import type { Coding, Json, Resource } from '../fhir/resource.ts';
import { sameJson } from '../fhir/same-json.ts';
import { type ConsentSettings, evaluateConsent } from './evaluate-consent.ts';
import { normalizeConsent } from './normalize-consent.ts';
import type { Constraints, NormalizedConsent, Party, Rule } from './normalized-consent.ts';
import { isConfidentiality } from './sensitivity-label.ts';
import type { ConsentData, ConsentQuestion, ConsentRecord } from './vote.ts';

export interface ConsentConflict {
  readonly kind: 'contradiction' | 'duplicate' | 'opposed';
  /** The rule of this Consent that it is about. */
  readonly provision: string;
  /** The other Consent, or the other rule of this one. */
  readonly with: string;
  readonly message: string;
}

/** Examples asked about for one rule: parties, purposes and labels, each at most so many. */
const EXAMPLES = 5;
/** Rules of one Consent, and other Consents, that are compared by example. */
const COMPARED = 50;

/**
 * @param record the other Consents in it are those that it is compared with; itself it may hold or not
 * @param at ISO 8601 @throws RangeError where that is no time
 */
export function describeConflicts(
  consent: Resource,
  record: ConsentRecord,
  at: string,
  settings: ConsentSettings,
): readonly ConsentConflict[] {
  const read = normalizeConsent(consent, record.base);
  const others = record.consents.filter((other) => other !== consent && other.status === 'active');
  return [
    ...contradictions(read),
    ...others.filter((other) => sameSubstance(consent, other)).map((other) => duplicate(read, normalizeConsent(other, record.base))),
    ...others.slice(0, COMPARED).flatMap((other) => opposed(read, normalizeConsent(other, record.base), { record, at, settings })),
  ];
}

/** A rule in a rule that has no terms of its own turns that one over. */
function contradictions({ rules }: NormalizedConsent): readonly ConsentConflict[] {
  const said = new Map<string, Rule>();
  return rules.flatMap((rule) => {
    const terms = termsOf(rule);
    const other = said.get(`${rule.effect === 'permit' ? 'deny' : 'permit'} ${terms}`);
    if (!said.has(`${rule.effect} ${terms}`)) said.set(`${rule.effect} ${terms}`, rule);
    if (other === undefined) return [];
    const message = `${rule.path} says ${rule.effect} and ${other.path} says ${other.effect}, in the same words`;
    return [{ kind: 'contradiction' as const, provision: rule.path, with: other.path, message }];
  });
}

function termsOf({ constraints, periods }: Rule): string {
  const sorted = Object.entries(constraints).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sorted, periods.map(({ any }) => any.map(({ from, to }) => [String(from), String(to)]))]);
}

/** What makes it this Consent and not another: all but its names and its narrative. */
const NAMES: ReadonlySet<string> = new Set(['id', 'meta', 'text', 'identifier']);

export function sameSubstance(one: Resource, other: Resource): boolean {
  const bare = (resource: Resource) => Object.fromEntries(Object.entries(resource).filter(([name]) => !NAMES.has(name)));
  return sameJson(bare(one) as Json, bare(other) as Json);
}

function duplicate({ rules }: NormalizedConsent, { reference }: NormalizedConsent): ConsentConflict {
  const message = `${reference} says the very same: revoking one would leave the other in force`;
  return { kind: 'duplicate', provision: rules[0]?.path ?? 'provision', with: reference, message };
}

interface Asking {
  readonly record: ConsentRecord;
  readonly at: string;
  readonly settings: ConsentSettings;
}

/** Only what a directive says stands against another; an authorization is silent outside of its permits. */
function opposed(read: NormalizedConsent, other: NormalizedConsent, asking: Asking): readonly ConsentConflict[] {
  if (other.kind !== 'directive' || read.kind === 'other') return [];
  const found = read.rules.slice(0, COMPARED).find((rule) => {
    if (rule.notUnderstood.length > 0 || (read.kind === 'authorization' && rule.effect === 'deny')) return false;
    return examplesOf(rule, asking).some((question) => {
      const own = read.kind === 'authorization' || says(read.resource, question, asking) === rule.effect;
      return own && says(other.resource, question, asking) === (rule.effect === 'permit' ? 'deny' : 'permit');
    });
  });
  if (found === undefined) return [];
  const stands = asking.settings.combine === 'most-recent' && read.kind === 'directive' ? 'the most recent one decides' : 'the deny stands';
  const against =
    found.effect === 'permit' ? `denies something of what ${found.path} permits` : `permits something of what ${found.path} denies`;
  return [{ kind: 'opposed', provision: found.path, with: other.reference, message: `${other.reference} ${against}: ${stands}` }];
}

function says(consent: Resource, question: ConsentQuestion, { record, settings }: Asking): string {
  return evaluateConsent({ ...record, consents: [consent] }, question, { ...settings, implicit: 'hipaa' }).outcome;
}

function examplesOf({ constraints }: Rule, { record, at }: Asking): readonly ConsentQuestion[] {
  const { recipients, purposes, labels, actions } = constraints;
  const parties: readonly (Party | undefined)[] = recipients?.any.slice(0, EXAMPLES) ?? [undefined];
  const reasons: readonly Coding[] = purposes?.any.slice(0, EXAMPLES) ?? [{ system: ACT_REASON, code: 'TREAT' }];
  const named: readonly (Coding | undefined)[] = labels?.any.slice(0, EXAMPLES) ?? [undefined];
  return parties.flatMap((party) =>
    reasons.flatMap((purpose) =>
      named.map((label) => ({
        subject: record.subject,
        actor: {
          references: party?.reference === undefined ? [] : [party.reference],
          identifiers: party?.identifier ? [party.identifier] : [],
        },
        purposes: [purpose],
        action: actions?.any[0]?.code ?? 'access',
        at,
        data: exampleData(constraints, label),
      })),
    ),
  );
}

function exampleData(
  { classes, resourceTypes, documentTypes, codes, dataPeriod, data }: Constraints,
  label: Coding | undefined,
): ConsentData {
  const [named] = data?.any ?? [];
  const [time] = dataPeriod?.any ?? [];
  const type = resourceTypes?.any[0]?.code ?? classes?.any.find(({ system }) => system?.endsWith('-types'))?.code;
  const confidentiality = label?.system === CONFIDENTIALITY ? (label.code as Confidentiality) : label === undefined ? 'N' : 'R';
  const moment = time === undefined ? undefined : isoOf(Number.isFinite(time.from) ? time.from : time.to);
  return {
    ...(named?.meaning === 'authoredby' || named === undefined ? {} : { reference: named.reference }),
    resourceType: type ?? named?.reference.split('/').at(-2) ?? 'Observation',
    profiles: (classes?.any ?? []).flatMap(({ code }) => (code?.startsWith('http') ? [code] : [])),
    labels: label === undefined || isConfidentiality(label) ? [] : [label],
    confidentiality,
    codes: [codes?.any[0], documentTypes?.any[0], classes?.any[0]].filter((coding) => coding !== undefined),
    ...(moment === undefined ? {} : { period: { start: moment, end: moment } }),
    authors: named?.meaning === 'authoredby' ? [named.reference] : [],
    related: [],
  };
}

const isoOf = (moment: number): string => new Date(moment).toISOString();
