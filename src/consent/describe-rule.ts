/**
 * One rule of a Consent as a sentence: who may see what, for what, until when (design.md 4.2). A rule that stands in another
 * says only what is its own. Parties are named by reference alone; what a Consent displays beside it may be a person's name.
 */
import { describeCode } from './describe-code.ts';
import type { Interval } from './interval-of.ts';
import type { Alternatives, Constraints, DataReference, Party, Rule } from './normalized-consent.ts';
import { isConfidentiality } from './sensitivity-label.ts';

const RESOURCE_TYPES = /^http:\/\/hl7\.org\/fhir\/(resource|fhir)-types$/;
const VERBS: ReadonlyMap<string | undefined, string> = new Map([
  ['access', 'see'],
  ['disclose', 'see'],
  ['collect', 'collect'],
  ['use', 'use'],
  ['correct', 'correct'],
]);
const WHAT = ['labels', 'classes', 'documentTypes', 'resourceTypes', 'codes', 'dataPeriod', 'data'] as const;
/** A list longer than this is told by its beginning. */
const NAMED = 8;

/** @param around the rule that this one stands in */
export function describeRule(rule: Rule, around?: Rule): string {
  const own = ownConstraints(rule.constraints, around?.constraints);
  const { purposes, disclosers, locations } = own;
  const parts = [
    whoMay(rule, own, around),
    what(rule, own, around),
    purposes !== undefined
      ? `for ${either(purposes, describeCode)}`
      : rule.constraints.purposes === undefined && !around
        ? 'for any purpose'
        : '',
    locations === undefined ? '' : `in ${either(locations, String)}`,
    describePeriod(rule.periods.slice(around?.periods.length ?? 0)),
  ];
  const told = parts.filter((part) => part !== '').join(' ');
  const by = disclosers === undefined ? '' : `, as far as ${either(disclosers, describeParty)} discloses it`;
  return `${lead(rule, around)}${around === undefined ? begin(told) : told}${by}${voided(rule)}.`;
}

function lead({ effect }: Rule, around: Rule | undefined): string {
  if (around === undefined) return '';
  return effect === around.effect ? 'Also: ' : 'Except: ';
}

/** A reference stays as it is written. */
const begin = (text: string): string => text.replace(/^(anyone|nobody|an? )/, (word) => `${word[0]?.toUpperCase()}${word.slice(1)}`);

function ownConstraints(constraints: Constraints, around: Constraints | undefined): Constraints {
  const own = Object.entries(constraints).filter(([name, value]) => around?.[name as keyof Constraints] !== value);
  return Object.fromEntries(own);
}

function whoMay({ effect, constraints }: Rule, own: Constraints, around: Rule | undefined): string {
  const verb = verbOf(constraints.actions);
  const may = effect === 'permit' ? `may ${verb}` : `may not ${verb}`;
  if (own.recipients !== undefined) return `${list(own.recipients, describeParty, 'and')} ${may}`;
  if (around !== undefined && constraints.recipients !== undefined) return `they ${may}`;
  return effect === 'permit' ? `anyone may ${verb}` : `nobody may ${verb}`;
}

function verbOf(actions: Constraints['actions']): string {
  if (actions === undefined) return 'see';
  return either({ ...actions, any: [...new Set(actions.any.map(({ code }) => VERBS.get(code) ?? `“${code}”`))] }, String);
}

function what({ effect, constraints }: Rule, own: Constraints, around: Rule | undefined): string {
  if (WHAT.every((name) => own[name] === undefined)) {
    if (around !== undefined && WHAT.some((name) => constraints[name] !== undefined)) return 'it';
    return effect === 'permit' ? 'everything' : 'anything';
  }
  const { labels, classes, documentTypes, resourceTypes, codes, dataPeriod, data } = own;
  const parts = [
    labels === undefined ? 'records' : either(labels, (label) => describeLabel(label, effect)),
    ...[classes, documentTypes, resourceTypes].map((types) => (types === undefined ? '' : `of type ${either(types, describeType)}`)),
    codes === undefined ? '' : `coded ${either(codes, describeCode)}`,
    dataPeriod === undefined ? '' : `dated ${either(dataPeriod, (interval) => describeInterval(interval))}`,
    data === undefined ? '' : `that ${describeData(data)}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function describeLabel(label: { readonly system?: string; readonly code?: string }, effect: Rule['effect']): string {
  const display = describeCode(label);
  if (!isConfidentiality(label)) return / (information|notes)$/.test(display) ? display : `${display} records`;
  return `what is of ${display} confidentiality or ${effect === 'permit' ? 'less' : 'more'}`;
}

function describeType({ system, code }: { readonly system?: string; readonly code?: string }): string {
  const bare = system === undefined || RESOURCE_TYPES.test(system) || system === 'urn:ietf:rfc:3986' || system === 'urn:ietf:bcp:13';
  return bare ? (code ?? '') : describeCode({ system, code });
}

const MEANINGS = { instance: 'are', related: 'are or relate to', dependents: 'are or depend on', authoredby: 'were written by' };

function describeData({ any, unreadable }: Alternatives<DataReference>): string {
  const kinds = (Object.keys(MEANINGS) as DataReference['meaning'][]).map((kind) => any.filter(({ meaning }) => meaning === kind));
  const told = kinds.flatMap((rows) => {
    const [first] = rows;
    return first === undefined
      ? []
      : `${MEANINGS[first.meaning]} ${either({ any: rows, unreadable: false }, ({ reference }) => reference)}`;
  });
  return either({ any: told, unreadable }, String);
}

/** `Practitioner/p1`, `system|value`, or what kind of party the Consent itself contains. */
export function describeParty({ reference, identifier, contained }: Party): string {
  if (contained !== undefined) return `a ${contained.resourceType} told in the Consent`;
  return reference ?? `${identifier?.system ?? ''}|${identifier?.value ?? ''}`;
}

/** What holds where every one of these periods does: `from 2026-05-05 until 2027-05-05`; empty where nothing limits it. */
function describePeriod(periods: Rule['periods']): string {
  if (periods.some(({ any }) => any.length === 0)) return 'within a period that can not be read';
  const from = Math.max(...periods.map(({ any }) => any[0]?.from ?? 0));
  const to = Math.min(...periods.map(({ any }) => any[0]?.to ?? 0));
  return periods.length === 0 ? '' : describeInterval({ from, to });
}

export function describeInterval({ from, to }: Interval): string {
  const parts = [Number.isFinite(from) ? `from ${describeMoment(from)}` : '', Number.isFinite(to) ? `until ${describeMoment(to)}` : ''];
  return parts.filter((part) => part !== '').join(' ');
}

const DAY = 86_400_000;

/** The day where a moment is the first or the last of one (a date stands for the whole day), else day and time; UTC. */
export function describeMoment(moment: number): string {
  const text = new Date(moment).toISOString();
  const whole = moment % DAY === 0 || (moment + 1) % DAY === 0;
  return whole ? text.slice(0, 10) : `${text.slice(0, 16)}Z`;
}

function voided({ effect, notUnderstood }: Rule): string {
  if (notUnderstood.length === 0) return '';
  const names = [...new Set(notUnderstood)].join(', ');
  return effect === 'permit' ? ` (of no effect: ${names} not understood)` : ` (holds, though not understood: ${names})`;
}

const either = <T>(alternatives: Alternatives<T>, describe: (item: T) => string): string => list(alternatives, describe, 'or');

function list<T>({ any, unreadable }: Alternatives<T>, describe: (item: T) => string, word: 'and' | 'or'): string {
  const named = any.slice(0, NAMED).map(describe);
  if (any.length > NAMED) named.push(`${any.length - NAMED} more`);
  if (unreadable) named.push('what can not be read');
  const last = named.pop() ?? '';
  return named.length === 0 ? last : `${named.join(', ')} ${word} ${last}`;
}
