/**
 * A patient's Consents at one glance: by class of recipient and category of data, what they say, and which of them. The
 * enforcement code is asked, for anyone of the class and for every party that a Consent names. It is what the Consents say,
 * not what the law then decides: a deny bars neither the patient's own access nor what the law requires (design.md 4.2).
 */
import type { Category } from '../classify/label.ts';
import { ACT_CODE, ACT_REASON } from '../fhir/codes.ts';
import type { Coding } from '../fhir/resource.ts';
import type { AuthorizationSettings } from './authorization-facts.ts';
import { bindDirectives, scopeOf } from './bind-directives.ts';
import { checkAuthorization } from './check-authorization.ts';
import { describeParty } from './describe-rule.ts';
import { type ConsentSettings, evaluateConsent } from './evaluate-consent.ts';
import { findAuthorizations } from './find-authorizations.ts';
import { constrainsData } from './match-data.ts';
import { matchScope } from './match-scope.ts';
import { normalizeConsent } from './normalize-consent.ts';
import type { Party, Rule } from './normalized-consent.ts';
import { coversLabel, isConfidentiality, isSensitivityLabel } from './sensitivity-label.ts';
import type { AuthorizationType, ConsentData, ConsentQuestion, ConsentRecord } from './vote.ts';

export interface GridClass {
  readonly recipient: string;
  /** v3-ActReason codes that this class asks for. */
  readonly purposes: readonly string[];
  /** Types of the parties that can be of this class. */
  readonly parties: readonly string[];
}

export type GridSays = 'permit' | 'deny' | 'none';

/** What holds for one party, or for anyone, for one purpose. */
export interface GridEntry {
  /** `anyone`, `Practitioner/p1`, `system|value`. */
  readonly recipient: string;
  readonly purpose: string;
  readonly says: 'permit' | 'deny';
  /** Only some data of the category: those of a code, a time, an author, a narrower label. */
  readonly part: boolean;
  readonly consents: readonly string[];
}

export interface GridCell {
  readonly category: Category;
  /** The strictest of what holds for all data of the category: a deny, else a permit. */
  readonly says: GridSays;
  /** Every Consent that has a say on anything of the category. */
  readonly consents: readonly string[];
  readonly entries: readonly GridEntry[];
}

export interface GridRow {
  readonly recipient: string;
  readonly cells: readonly GridCell[];
}

export interface DescribedGrid {
  readonly rows: readonly GridRow[];
  /** Parties beyond those that were looked at one by one. */
  readonly omitted: number;
}

const MAX_PARTIES = 24;
const act = (...codes: string[]): readonly Coding[] => codes.map((code) => ({ system: ACT_CODE, code }));
/** What data of a category is labelled with at least. */
const LABELS: ReadonlyMap<Category, readonly Coding[]> = new Map([
  ['psychotherapy-notes', act('PSYTHPN')],
  ['sud-counseling-notes', act('PSYTHPN', '42CFRPart2')],
  ['sud', act('SUD', '42CFRPart2')],
  ['mental-health', act('MH')],
  ['other', []],
]);

/** Which authorizations the law asks for where data is of a category (law/rules.json); one of another law opens nothing there. */
const OPENED_BY: ReadonlyMap<Category, readonly AuthorizationType[]> = new Map([
  ['psychotherapy-notes', ['hipaa-508-psychotherapy-notes']],
  ['sud-counseling-notes', ['part2-2.31b-scn']],
  ['sud', ['part2-2.31', 'part2-2.31-tpo', 'part2-2.31d']],
  ['mental-health', ['hipaa-508']],
  ['other', ['hipaa-508']],
]);

/** @param at ISO 8601 @throws RangeError where that is no time */
export function describeGrid(
  record: ConsentRecord,
  at: string,
  settings: ConsentSettings & AuthorizationSettings,
  classes: readonly GridClass[],
): DescribedGrid {
  const parties = partiesOf(record);
  const looked = parties.slice(0, MAX_PARTIES);
  const known = new Map<string, ReadonlyMap<Category, readonly GridEntry[]>>();
  const ask = (party: Party | undefined, purpose: string): ReadonlyMap<Category, readonly GridEntry[]> => {
    const key = `${party === undefined ? 'anyone' : describeParty(party)} ${purpose}`;
    const found = known.get(key) ?? entriesFor(record, at, settings, party, purpose);
    known.set(key, found);
    return found;
  };
  const rows = classes.map(({ recipient, purposes, parties: types }) => {
    const own = [undefined, ...looked.filter(({ reference = '' }) => types.includes(reference.split('/').at(-2) ?? ''))];
    const asked = own.flatMap((party) => purposes.map((purpose) => ask(party, purpose)));
    const cells = [...LABELS.keys()].map((category) =>
      cellOf(
        category,
        asked.flatMap((entries) => entries.get(category) ?? []),
      ),
    );
    return { recipient, cells };
  });
  return { rows, omitted: parties.length - looked.length };
}

/** Recipients that active Consents name, each once. */
function partiesOf(record: ConsentRecord): readonly Party[] {
  const found = new Map<string, Party>();
  for (const consent of record.consents) {
    if (consent.status !== 'active') continue;
    for (const { constraints } of normalizeConsent(consent, record.base).rules) {
      for (const party of constraints.recipients?.any ?? []) if (party.contained === undefined) found.set(describeParty(party), party);
    }
  }
  return [...found.values()];
}

function entriesFor(
  record: ConsentRecord,
  at: string,
  settings: ConsentSettings & AuthorizationSettings,
  party: Party | undefined,
  purpose: string,
): ReadonlyMap<Category, readonly GridEntry[]> {
  const actor = {
    references: party?.reference === undefined ? [] : [party.reference],
    identifiers: party?.identifier === undefined ? [] : [party.identifier],
  };
  const scope = { subject: record.subject, actor, purposes: [{ system: ACT_REASON, code: purpose }], action: 'access', at };
  const recipient = party === undefined ? 'anyone' : describeParty(party);
  return new Map(
    [...LABELS].map(([category, labels]) => {
      const whole = wholeOf(record, { ...scope, data: dataOf(labels) }, settings, category);
      const parts = partsOf(record, { ...scope, data: dataOf(labels) }, settings, category);
      return [category, [...whole, ...parts].map((entry) => ({ recipient, purpose, ...entry }))];
    }),
  );
}

function dataOf(labels: readonly Coding[]): ConsentData {
  const confidentiality = labels.length === 0 ? 'N' : 'R';
  return { resourceType: 'DocumentReference', profiles: [], labels, confidentiality, codes: [], authors: [], related: [] };
}

type Found = Pick<GridEntry, 'says' | 'part' | 'consents'>;

function wholeOf(
  record: ConsentRecord,
  question: ConsentQuestion,
  settings: ConsentSettings & AuthorizationSettings,
  category: Category,
): readonly Found[] {
  const { outcome, basis } = evaluateConsent(record, question, settings);
  const covering = new Set(findAuthorizations(record, question, settings).basis.map(({ consent }) => consent));
  const authorized = [...covering].filter((reference) => opens(record, reference, question.at, settings, category));
  const found: Found[] = [];
  if (outcome === 'permit' || outcome === 'deny') {
    const decided = basis.filter(({ says }) => says === outcome).map(({ consent }) => consent);
    found.push({ says: outcome, part: false, consents: [...new Set(decided)] });
  }
  if (authorized.length > 0) found.push({ says: 'permit', part: false, consents: authorized });
  return found;
}

function opens(record: ConsentRecord, reference: string, at: string, settings: AuthorizationSettings, category: Category): boolean {
  const consent = record.consents.find(({ id }) => `Consent/${id}` === reference);
  const types = consent === undefined ? [] : checkAuthorization(consent, record, at, settings).types;
  return types.some((type) => OPENED_BY.get(category)?.includes(type));
}

/** Rules that reach this party and purpose, and only some of the category. */
function partsOf(record: ConsentRecord, question: ConsentQuestion, settings: AuthorizationSettings, category: Category): readonly Found[] {
  const { directives } = bindDirectives(record, question, settings.custodians);
  return (['permit', 'deny'] as const).flatMap((says) => {
    const covers = (rules: readonly Rule[]) => rules.some((rule) => rule.effect === says && isPart(rule, category));
    const directed = directives.filter(({ rules }) => covers(rules)).map(({ consent }) => consent.reference);
    const authorized = says === 'deny' ? [] : authorizationsOf(record, question, settings, category, covers);
    const consents = [...directed, ...authorized];
    return consents.length === 0 ? [] : [{ says, part: true, consents }];
  });
}

/** Valid ones, with rules that reach this party and purpose and that `covers` takes. */
function authorizationsOf(
  record: ConsentRecord,
  question: ConsentQuestion,
  settings: AuthorizationSettings,
  category: Category,
  covers: (rules: readonly Rule[]) => boolean,
): readonly string[] {
  const scope = scopeOf(record, question, settings.custodians);
  return record.consents.flatMap((resource) => {
    const { kind, status, rules, reference } = normalizeConsent(resource, record.base);
    if (kind !== 'authorization' || status !== 'active' || !covers(rules.filter((rule) => matchScope(rule, scope)))) return [];
    return opens(record, reference, question.at, settings, category) ? [reference] : [];
  });
}

function isPart({ constraints }: Rule, category: Category): boolean {
  const { labels, ...rest } = constraints;
  const own = LABELS.get(category) ?? [];
  const sensitivities = (labels?.any ?? []).filter(isSensitivityLabel);
  const inside = (label: Coding): boolean =>
    own.length === 0 ? !isOfCategory(label) : own.some((one) => coversLabel(one, label) && !coversLabel(label, one));
  if (labels === undefined || labels.any.some(isConfidentiality)) return constrainsData(rest);
  return sensitivities.some(inside) || (constrainsData(rest) && sensitivities.some((label) => own.some((one) => coversLabel(label, one))));
}

/** Of one of the categories that the law names. */
const isOfCategory = (label: Coding): boolean =>
  [...LABELS.values()].flat().some((one) => coversLabel(one, label) || coversLabel(label, one));

function cellOf(category: Category, entries: readonly GridEntry[]): GridCell {
  const whole = entries.filter(({ part }) => !part);
  const says = whole.some((entry) => entry.says === 'deny') ? 'deny' : whole.length > 0 ? 'permit' : 'none';
  return { category, says, consents: [...new Set(entries.flatMap(({ consents }) => consents))].sort(), entries };
}
