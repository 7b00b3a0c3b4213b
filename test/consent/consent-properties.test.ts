/** Generated Consents: what must hold whatever patients write. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkAuthorization } from '../../src/consent/check-authorization.ts';
import { consentResidual } from '../../src/consent/consent-residual.ts';
import { type ConsentSettings, evaluateConsent } from '../../src/consent/evaluate-consent.ts';
import { findAuthorizations } from '../../src/consent/find-authorizations.ts';
import type { ConsentRecord, Vote } from '../../src/consent/vote.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { SETTINGS } from './authorization.build.ts';
import { type Ask, deny, except, HIPAA, type Json, NOW, permit, questionOf, r4, r5, recordOf, type Short } from './build.ts';

const some = <T>(items: readonly T[]) => fc.subarray([...items], { minLength: 1, maxLength: 2 });
const maybe = <T>(items: readonly T[]) => fc.option(some(items), { nil: undefined, freq: 2 });

const short: fc.Arbitrary<Short> = fc.record({
  purposes: maybe(['TREAT', 'HPAYMT', 'HOPERAT', 'HRESCH', 'ETREAT', 'BTG']),
  labels: maybe(['N', 'R', 'V', 'MH', 'PSY', 'PSYTHPN', 'SUD', 'ETHUD', 'HIV', '42CFRPart2']),
  actors: maybe(['Practitioner/who', 'Practitioner/other', 'Organization/clinic', 'Group/staff', 'Group/gone']),
  actions: fc.option(some(['access', 'correct']), { nil: undefined, freq: 1 }),
  more: fc.constantFrom<Json[]>(
    {},
    { period: { end: '2024' } },
    { dataPeriod: { start: '2025', end: '2025' } },
    { dataPeriod: { end: '2020' } },
    { expression: {} },
  ),
});

const nestedIn = (trees: fc.Arbitrary<Json>) => fc.array(trees, { maxLength: 2 }).map((nested) => (nested.length > 0 ? { nested } : {}));
const r4Tree = fc.memo(
  (levels): fc.Arbitrary<Json> =>
    fc
      .tuple(fc.constantFrom(permit, deny), short, levels <= 1 ? fc.constant({}) : nestedIn(r4Tree(levels - 1)))
      .map(([make, one, nested]) => make({ ...one, ...nested })),
);
const r5Tree = fc.memo(
  (levels): fc.Arbitrary<Json> =>
    fc.tuple(short, levels <= 1 ? fc.constant({}) : nestedIn(r5Tree(levels - 1))).map(([one, nested]) => except({ ...one, ...nested })),
);

const header = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  dateTime: fc.constantFrom('2024', '2025-01-01', '2025-05-05T10:00:00Z'),
});
const directive: fc.Arbitrary<Resource> = fc.oneof(
  fc.tuple(r4Tree(4), header).map(([tree, head]) => r4(tree, head)),
  fc
    .tuple(fc.constantFrom('permit', 'deny'), fc.array(r5Tree(3), { maxLength: 2 }), header)
    .map(([decision, provisions, { id, dateTime }]) => r5(decision, provisions, { id, date: dateTime.slice(0, 10) })),
);
const ask: fc.Arbitrary<Ask> = fc.record({
  who: some(['Practitioner/who', 'Practitioner/other', 'Organization/clinic']),
  purposes: fc.constantFrom('TREAT', 'HPAYMT', 'HRESCH', 'ETREAT', 'BTG').map((code) => [code]),
  labels: fc.subarray(['N', 'R', 'MH', 'PSYTHPN', 'SUD', 'ETHUD', 'HIV', '42CFRPart2']),
});
const settings: fc.Arbitrary<ConsentSettings> = fc.record({
  combine: fc.constantFrom('deny-overrides', 'most-recent'),
  implicit: fc.constantFrom('hipaa', 'basic-normal', 'all-normal', 'break-glass-only', 'deny'),
});

const STAFF: Resource = { resourceType: 'Group', id: 'staff', actual: true, member: [{ entity: { reference: 'Practitioner/who' } }] };
const record = (consents: readonly Resource[]): ConsentRecord => recordOf(consents, [STAFF]);
const decided = ({ outcome, deniesEmergency, basis, errors }: Vote) => ({ outcome, deniesEmergency, basis, errors });
const check = <T extends unknown[]>(arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> }, holds: (...values: T) => void) =>
  fc.assert(
    fc.property(fc.tuple<T>(...arbitraries), (values) => holds(...values)),
    { numRuns: 400 },
  );
/** Before and after a change that may only close. */
const onlyCloses = (before: Vote, after: Vote): void => {
  if (before.outcome !== 'permit') expect(after.outcome).not.toBe('permit');
  if (before.outcome === 'deny') expect(after.outcome).toBe('deny');
};

describe('directives', () => {
  test('order does not matter when a deny overrides', () => {
    check([fc.uniqueArray(directive, { maxLength: 4, selector: ({ id }) => id }), ask], (consents, asked) => {
      const backwards = record([...consents].reverse());
      expect(evaluateConsent(backwards, questionOf(asked), HIPAA)).toEqual(evaluateConsent(record(consents), questionOf(asked), HIPAA));
    });
  });

  test('one more deny never opens', () => {
    const plainDeny = fc.tuple(short, header).map(([one, head]) => r4(deny({ ...one, more: {} }), head));
    check([fc.array(directive, { maxLength: 4 }), plainDeny, ask, settings], (consents, more, asked, how) => {
      const question = questionOf(asked);
      if (how.combine === 'deny-overrides')
        onlyCloses(evaluateConsent(record(consents), question, how), evaluateConsent(record([...consents, more]), question, how));
    });
  });

  test('a Consent that is not in force changes nothing', () => {
    const irrelevant = fc.tuple(
      directive,
      fc.constantFrom<Json[]>(
        { status: 'inactive' },
        { status: 'entered-in-error' },
        { patient: { reference: 'Patient/p2' }, subject: undefined },
        { performer: [{ reference: 'Practitioner/who' }], grantor: undefined },
      ),
    );
    check([fc.array(directive, { maxLength: 4 }), irrelevant, ask, settings], (consents, [other, change], asked, how) => {
      const before = evaluateConsent(record(consents), questionOf(asked), how);
      const after = evaluateConsent(record([{ ...other, ...change }, ...consents]), questionOf(asked), how);
      expect(decided(after)).toEqual(decided(before));
    });
  });

  test('something that is not understood never opens', () => {
    check([directive, ask, settings], (consent, asked, how) => {
      const before = evaluateConsent(record([consent]), questionOf(asked), how);
      const after = evaluateConsent(record([{ ...consent, modifierExtension: [{ url: 'urn:x' }] }]), questionOf(asked), how);
      onlyCloses(before, after);
      if (after.outcome === 'permit')
        expect(after.basis.every(({ consent: basis }) => basis.startsWith('https://profiles.ihe.net/ITI/PCF/'))).toBe(true);
    });
  });

  test('one more label on the data never opens', () => {
    const label = fc.constantFrom('MH', 'PSYTHPN', 'HIV', 'urn:local|X');
    const closing = fc.tuple(fc.constantFrom(permit, deny), short).map(([make, one]) => r4(make(one)));
    check([closing, ask, label], (consent, asked, more) => {
      const with_ = { ...asked, labels: [...(asked.labels ?? []), more] };
      // A permit may become reachable by a label that it names, or whose family it names; then it names that label.
      const family = more === 'MH' ? ['MH', 'PSY', 'BH', 'MENCAT'] : [more];
      const text = JSON.stringify(consent.provision?.securityLabel ?? []);
      const named = family.some((code) => text.includes(`"${code}"`));
      if (!named)
        onlyCloses(
          evaluateConsent(record([consent]), questionOf(asked), HIPAA),
          evaluateConsent(record([consent]), questionOf(with_), HIPAA),
        );
    });
  });

  test('the answer does not depend on what was asked before', () => {
    check([fc.array(directive, { maxLength: 3 }), ask, ask], (consents, first, second) => {
      const used = record(consents);
      evaluateConsent(used, questionOf(first), HIPAA);
      expect(evaluateConsent(used, questionOf(second), HIPAA)).toEqual(
        evaluateConsent(record(structuredClone(consents)), questionOf(second), HIPAA),
      );
    });
  });

  test('the residual without rules is the vote on any data', () => {
    check([directive, ask], (consent, asked) => {
      const one = record([consent]);
      const { outcome, token } = consentResidual(consent, { record: one, question: questionOf(asked) });
      const vote = evaluateConsent(one, questionOf(asked), { ...HIPAA, implicit: 'hipaa' }).outcome;
      if (outcome === 'permit' && token?.residual === undefined) expect(vote).toBe('permit');
      if (outcome === 'deny') expect(vote).toMatch(/^(deny|outside)$/);
    });
  });
});

describe('whatever is in the record', () => {
  const keys = [
    'status',
    'scope',
    'category',
    'patient',
    'subject',
    'performer',
    'grantor',
    'dateTime',
    'policy',
    'policyRule',
    'provision',
    'decision',
    'period',
    'meta',
    'extension',
    'contained',
    'sourceAttachment',
    'sourceReference',
    'identifier',
    'verification',
    'modifierExtension',
  ];
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(null, [null], [[]], {}, [{ coding: 1 }], { coding: [null] }, [{ reference: 5 }], { reference: 'Patient/p1' }),
  ) as fc.Arbitrary<unknown>;
  const broken = fc
    .dictionary(fc.constantFrom(...keys), anything, { maxKeys: 8 })
    .map((row): Resource => ({ ...r4(permit()), ...row, resourceType: 'Consent' }));
  const brokenRule = fc
    .dictionary(
      fc.constantFrom(
        'type',
        'actor',
        'purpose',
        'securityLabel',
        'class',
        'code',
        'data',
        'dataPeriod',
        'period',
        'provision',
        'extension',
      ),
      anything,
      { maxKeys: 5 },
    )
    .map((row) => r4(row as Json));

  test('nothing throws, and nothing broken permits what a deny beside it denies', () => {
    check(
      [
        fc.oneof(broken, brokenRule),
        fc.dictionary(fc.constantFrom('member', 'actual', 'participant', 'relationship', 'identifier', 'meta', 'link'), anything),
        ask,
      ],
      (consent, junk, asked) => {
        const onFile = ['Group', 'CareTeam', 'RelatedPerson', 'PractitionerRole'].map(
          (resourceType): Resource => ({ ...junk, resourceType, id: 'staff' }),
        );
        const one = recordOf([consent, r4(deny(), { id: 'z' })], onFile, [
          { resourceType: 'Provenance', ...junk, target: [{ reference: 'Consent/c1' }], signature: junk.meta },
        ]);
        expect(evaluateConsent(one, questionOf(asked), HIPAA).outcome).toBe('deny');
        findAuthorizations(one, questionOf(asked), SETTINGS);
        checkAuthorization(consent, one, NOW, SETTINGS);
        consentResidual(consent, { record: one, question: questionOf(asked) });
      },
    );
  });
});

test('two hundred Consents on a record and a hundred resources stay quick', () => {
  const consents = Array.from({ length: 200 }, (_, index) =>
    r4(permit({ purposes: ['TREAT'], labels: ['R'], nested: [deny({ labels: ['HIV'] })] }), { id: `c${index}` }),
  );
  const one = record(consents);
  const started = performance.now();
  for (let index = 0; index < 100; index += 1) {
    const question = questionOf({ labels: [index % 2 === 0 ? 'N' : 'R'], data: { reference: `Observation/o${index}` } });
    evaluateConsent(one, question, HIPAA);
    findAuthorizations(one, question, SETTINGS);
  }
  expect(performance.now() - started).toBeLessThan(1000);
});
