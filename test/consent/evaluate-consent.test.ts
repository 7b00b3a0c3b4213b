import { describe, expect, test } from 'vitest';
import { type ConsentSettings, evaluateConsent } from '../../src/consent/evaluate-consent.ts';
import { actor, concept, deny, except, HIPAA, permit, questionOf, r4, r5, recordOf } from './build.ts';
import * as cases from './directive.cases.ts';

for (const [rule, rows] of Object.entries<readonly cases.DirectiveCase[]>(cases)) {
  describe(rule, () => {
    for (const [situation, consents, ask, outcome, onFile] of rows) {
      test(situation, () => {
        expect(evaluateConsent(recordOf(consents, onFile), questionOf(ask), HIPAA).outcome).toBe(outcome);
      });
    }
  });
}

describe('implicit policies', () => {
  const vote = (implicit: ConsentSettings['implicit'], code: string) =>
    evaluateConsent(recordOf([]), questionOf({ purposes: [code] }), { ...HIPAA, implicit }).outcome;
  test.each([
    ['hipaa', 'TREAT', 'none'],
    ['basic-normal', 'TREAT', 'permit'],
    ['basic-normal', 'ETREAT', 'permit'],
    ['basic-normal', 'BTG', 'deny'],
    ['basic-normal', 'HPAYMT', 'deny'],
    ['basic-normal', 'http://example.org|TREAT', 'deny'],
    ['all-normal', 'HMARKT', 'permit'],
    ['break-glass-only', 'BTG', 'permit'],
    ['break-glass-only', 'ETREAT', 'deny'],
    ['deny', 'TREAT', 'deny'],
  ] as const)('%s for %s', (implicit, code, outcome) => expect(vote(implicit, code)).toBe(outcome));

  test('outside of a permit is a deny under a PCF policy, with the Consent as basis', () => {
    const vote = evaluateConsent(recordOf([r4(permit({ purposes: ['TREAT'] }))]), questionOf({ purposes: ['HRESCH'] }), {
      ...HIPAA,
      implicit: 'all-normal',
    });
    expect(vote).toMatchObject({ outcome: 'deny', basis: [{ consent: 'Consent/c1', version: '3', provision: 'provision', says: 'deny' }] });
  });

  test('an implicit policy does not override a directive', () => {
    expect(evaluateConsent(recordOf([r4(permit())]), questionOf(), { ...HIPAA, implicit: 'deny' }).outcome).toBe('permit');
    expect(evaluateConsent(recordOf([r4(deny())]), questionOf(), { ...HIPAA, implicit: 'all-normal' }).outcome).toBe('deny');
  });
});

describe('several directives', () => {
  const dated = (root: object, id: string, dateTime?: string) => r4(root as Record<string, unknown>, { id, dateTime });
  const old = dated(deny(), 'old', '2024-01-01');
  const young = dated(permit(), 'young', '2025-05-01');
  test.each([
    ['deny overrides, whatever is younger', 'deny-overrides', [old, young], 'deny'],
    ['the most recent decides', 'most-recent', [old, young], 'permit'],
    [
      'the most recent that says something decides',
      'most-recent',
      [old, dated(permit({ purposes: ['HRESCH'] }), 'research', '2025-06-01')],
      'deny',
    ],
    ['of the same day, the deny', 'most-recent', [dated(deny(), 'a', '2025-05-01'), dated(permit(), 'b', '2025-05-01T10:00:00Z')], 'deny'],
    ['a deny without a date counts as the most recent', 'most-recent', [dated(deny(), 'undated'), young], 'deny'],
    ['a permit without a date counts as the oldest', 'most-recent', [old, dated(permit(), 'undated')], 'deny'],
    ['a permit beside one that does not reach', 'deny-overrides', [young, dated(permit({ purposes: ['HRESCH'] }), 'research')], 'permit'],
  ] as const)('%s', (_situation, combine, consents, outcome) => {
    expect(evaluateConsent(recordOf(consents), questionOf(), { combine, implicit: 'hipaa' }).outcome).toBe(outcome);
  });

  test('every directive that had a say is in the basis', () => {
    expect(evaluateConsent(recordOf([young, old]), questionOf(), HIPAA).basis).toEqual([
      { consent: 'Consent/old', version: '3', provision: 'provision', says: 'deny' },
      { consent: 'Consent/young', version: '3', provision: 'provision', says: 'permit' },
    ]);
  });
});

describe('emergencies', () => {
  const names = (consent: Parameters<typeof recordOf>[0][number], purposes: string[]) =>
    evaluateConsent(recordOf([consent]), questionOf({ purposes }), HIPAA).deniesEmergency;
  test.each([
    ['a deny of everything names no emergency', r4(deny()), ['BTG'], false],
    ['a deny that names BTG', r4(deny({ purposes: ['BTG'] })), ['BTG'], true],
    ['a deny that names ETREAT, asked with BTG', r4(deny({ purposes: ['ETREAT'] })), ['BTG'], true],
    ['a nested deny that names BTG', r4(permit({ nested: [deny({ purposes: ['BTG'] })] })), ['BTG'], true],
    ['what a permit leaves out is no named deny', r4(permit({ purposes: ['ETREAT'], labels: ['R'] })), ['ETREAT'], false],
    ['a deny that does not apply', r4(deny({ purposes: ['BTG'] })), ['TREAT'], false],
    ['R5: an exception that names BTG', r5('permit', [except({ purposes: ['BTG'] })]), ['BTG'], true],
  ] as const)('%s', (_situation, consent, purposes, expected) => expect(names(consent, [...purposes])).toBe(expected));
});

describe('what the vote tells', () => {
  test('the provision that matched', () => {
    const consent = r4(permit({ nested: [deny({ labels: ['SUD'] }), deny({ labels: ['HIV'] })] }));
    expect(evaluateConsent(recordOf([consent]), questionOf({ labels: ['HIV'] }), HIPAA).basis).toEqual([
      { consent: 'Consent/c1', version: '3', provision: 'provision.provision[1]', says: 'deny' },
    ]);
    const five = r5('permit', [
      except({ labels: ['SUD'] }),
      except({ labels: ['HIV'], nested: [except({ actors: ['Practitioner/who'] })] }),
    ]);
    expect(evaluateConsent(recordOf([five]), questionOf({ labels: ['HIV'] }), HIPAA).basis[0]?.provision).toBe('provision[1].provision[0]');
  });

  test('what failed closed, without content', () => {
    const vote = evaluateConsent(recordOf([r4(permit({ more: { period: { end: 'soon, says Ann' } } }))]), questionOf(), HIPAA);
    expect(vote.errors).toEqual(['Consent/c1 provision: period']);
  });

  test('no errors where nothing was closed by them', () => {
    const consent = r4(permit({ nested: [deny({ labels: ['HIV'], more: { expression: {} } })] }));
    expect(evaluateConsent(recordOf([consent]), questionOf(), HIPAA)).toMatchObject({ outcome: 'permit', errors: [] });
  });

  test('which Consents had no say, and why', () => {
    const consents = [
      r4(deny(), { id: 'a', status: 'inactive' }),
      r4(deny({ more: { period: { end: '2020' } } }), { id: 'b' }),
      r4(deny(), { id: 'c', patient: { reference: 'Patient/p2' } }),
      r4(deny(), { id: 'd', performer: [{ reference: 'Practitioner/x' }] }),
      r4(deny(), { id: 'e', category: [concept('http://loinc.org', '64292-6')] }),
    ];
    const vote = evaluateConsent(recordOf(consents), questionOf(), HIPAA);
    expect(vote.ignored?.map(({ reason }) => reason)).toEqual([
      'not-active',
      'not-in-period',
      'another-patient',
      'grantor-not-accepted',
      'not-a-directive',
    ]);
  });

  test('disclosers are compared with the configured custodians', () => {
    const consent = r4(permit({ actors: [actor('Organization/clinic', 'CST')] }));
    const vote = (custodians: string[]) => evaluateConsent(recordOf([consent]), questionOf(), { ...HIPAA, custodians }).outcome;
    expect(vote(['Organization/clinic'])).toBe('permit');
    expect(vote(['Organization/other'])).toBe('outside');
  });

  test('a question without a time is an error, not an answer', () => {
    expect(() => evaluateConsent(recordOf([r4(deny())]), questionOf({ at: 'now' }), HIPAA)).toThrow(RangeError);
  });
});
