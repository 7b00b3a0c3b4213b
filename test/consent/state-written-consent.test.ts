/** A written consent as states ask for one (law/rules.json ST-IL-1, ST-DC-1): what each element is worth, and where none is asked. */
import { describe, expect, test } from 'vitest';
import { STATEMENT } from '../../src/consent/authorization-facts.ts';
import { checkAuthorization } from '../../src/consent/check-authorization.ts';
import { findAuthorizations } from '../../src/consent/find-authorizations.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { authorization, FORM, RECIPIENT, SIGNED, signature, TERMS } from './authorization.build.ts';
import { type Json, NOW, permit, questionOf, recordOf } from './build.ts';

const HEALTH = { ...TERMS, labels: ['MH'] };
const states = (...codes: readonly string[]): Json => ({
  extension: codes.map((valueCode) => ({ url: STATEMENT, valueCode })),
  policy: [],
});
/** Everything that Illinois lists, said in the Consent itself; for treatment HIPAA asks for nothing. */
const ILLINOIS = states('revocation', 'inspection', 'refusal');

interface Row {
  readonly name: string;
  readonly where: readonly string[];
  readonly terms?: Parameters<typeof permit>[0];
  readonly more?: Json;
  readonly forms?: readonly string[];
  readonly labels?: readonly string[];
  readonly purpose?: string;
  readonly provenances?: readonly Resource[];
  readonly counts: boolean;
}

const rows: readonly Row[] = [
  { name: 'no state switched on: there is no such thing', where: [], forms: [FORM], counts: false },
  { name: 'Illinois, on an approved form', where: ['US-IL'], forms: [FORM], counts: true },
  { name: 'Illinois, every statement in the Consent', where: ['US-IL'], more: ILLINOIS, counts: true },
  { name: 'Illinois, without the right to inspect', where: ['US-IL'], more: states('revocation', 'refusal'), counts: false },
  { name: 'Illinois, without what refusal means', where: ['US-IL'], more: states('revocation', 'inspection'), counts: false },
  { name: 'Illinois, without the right to revoke', where: ['US-IL'], more: states('refusal', 'inspection'), counts: false },
  {
    name: 'Illinois, ending with an event and no date',
    where: ['US-IL'],
    terms: { ...HEALTH, more: { extension: [{ url: 'urn:privity:consent-expiry-event', valueString: 'discharge' }] } },
    more: ILLINOIS,
    counts: false,
  },
  { name: 'Illinois, for another purpose than asked', where: ['US-IL'], more: ILLINOIS, purpose: 'HPAYMT', counts: false },
  { name: 'Illinois, of other information than asked', where: ['US-IL'], more: ILLINOIS, labels: ['MH', 'HIV', 'R'], counts: false },
  { name: 'Illinois, not signed', where: ['US-IL'], more: ILLINOIS, provenances: [], counts: false },
  { name: 'Illinois, revoked', where: ['US-IL'], more: { ...ILLINOIS, status: 'inactive' }, counts: false },
  {
    name: 'Illinois, everybody may have it',
    where: ['US-IL'],
    terms: { ...HEALTH, actors: HEALTH.actors.slice(0, 1) },
    more: ILLINOIS,
    counts: false,
  },
  { name: 'Texas lists no statements', where: ['US-TX'], more: states(), counts: true },
  { name: 'Texas and Illinois: what either asks', where: ['US-TX', 'US-IL'], more: states(), counts: false },
  { name: 'the District, within a year of the signature', where: ['US-DC'], more: states('revocation', 'inspection'), counts: true },
  {
    name: 'the District, for longer than a year',
    where: ['US-DC'],
    terms: { ...HEALTH, more: { period: { start: '2025-01-01', end: '2026-01-31' } } },
    more: states('revocation', 'inspection'),
    counts: false,
  },
  {
    name: 'the District, for a year from a signature two years ago',
    where: ['US-DC'],
    more: states('revocation', 'inspection'),
    provenances: [signature({ when: '2023-06-01T10:00:00Z' })],
    counts: false,
  },
  {
    name: 'notes, named by a consent that names nothing else',
    where: ['US-IL'],
    terms: TERMS,
    forms: [FORM],
    labels: ['PSYTHPN', 'MH', 'R'],
    counts: true,
  },
  {
    name: 'notes, by a consent of mental health information',
    where: ['US-IL'],
    forms: [FORM],
    labels: ['PSYTHPN', 'MH', 'R'],
    counts: false,
  },
  {
    name: 'notes, by a compound consent',
    where: ['US-TX'],
    terms: { ...TERMS, labels: ['PSYTHPN', 'MH'] },
    forms: [FORM],
    labels: ['PSYTHPN', 'R'],
    counts: false,
  },
];

test.each(rows)(
  '$name',
  ({ where, terms = HEALTH, more = {}, forms = [], labels = ['MH', 'R'], purpose = 'TREAT', provenances = SIGNED, counts }) => {
    const record = recordOf([authorization(permit(terms), more)], [], provenances);
    const question = questionOf({ who: [RECIPIENT], labels, purposes: [purpose] });
    const settings = { custodians: ['Organization/clinic'], approvedForms: forms, jurisdictions: where };
    expect(findAuthorizations(record, question, settings).types.includes('state-written-consent')).toBe(counts);
  },
);

describe('element by element', () => {
  const check = (jurisdictions: readonly string[], more: Json = {}) => {
    const consent = authorization(permit(HEALTH), more);
    const settings = { custodians: ['Organization/clinic'], approvedForms: [], jurisdictions };
    return checkAuthorization(consent, recordOf([consent], [], SIGNED), NOW, settings).elements.filter(({ id }) => id.startsWith('SW-'));
  };

  test('only what the states that are switched on ask, with its citation', () => {
    expect(check([])).toEqual([]);
    expect(check(['US-TX'])).toEqual([]);
    expect(check(['US-IL'], states('inspection')).map(({ id, status }) => [id, status])).toEqual([
      ['SW-01', 'met'],
      ['SW-02', 'missing'],
      ['SW-03', 'met'],
    ]);
    expect(check(['US-DC']).map(({ id }) => id)).toEqual(['SW-01', 'SW-03', 'SW-04']);
    expect(check(['US-IL', 'US-DC']).every(({ citation, detail }) => /ILCS|D\.C\./.test(citation) && detail !== '')).toBe(true);
  });
});
