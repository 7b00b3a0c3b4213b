import { describe, expect, test } from 'vitest';
import { checkAuthorization } from '../../src/consent/check-authorization.ts';
import { findAuthorizations } from '../../src/consent/find-authorizations.ts';
import { authorization, FORM, part2, RECIPIENT, SETTINGS, SIGNED, signature, TERMS } from './authorization.build.ts';
import type { AuthorizationCase } from './authorization.cases.ts';
import * as tables from './authorization.cases.ts';
import { actor, concept, deny, NOW, permit, questionOf, r5, recordOf, SUBJECT } from './build.ts';

for (const [rule, rows] of Object.entries<readonly AuthorizationCase[]>(tables)) {
  describe(rule, () => {
    for (const [situation, consents, types, more = {}] of rows) {
      test(situation, () => {
        const settings = {
          custodians: more.custodians ?? SETTINGS.custodians,
          approvedForms: more.approvedForms ?? SETTINGS.approvedForms,
        };
        const record = recordOf(consents, more.onFile, more.provenances ?? SIGNED);
        const question = questionOf({ who: [RECIPIENT], labels: ['PSYTHPN', 'R'], ...more.ask });
        expect(findAuthorizations(record, question, settings).types).toEqual(types);
      });
    }
  });
}

const asked = questionOf({ who: [RECIPIENT], labels: ['PSYTHPN', 'R'] });

describe('basis', () => {
  test('names the Consent, its version and the permit', () => {
    const record = recordOf([authorization(deny({ nested: [permit(TERMS)] }))], [], SIGNED);
    expect(findAuthorizations(record, asked, SETTINGS).basis).toEqual([
      { consent: 'Consent/auth', version: '3', provision: 'provision.provision[0]', says: 'permit' },
    ]);
  });

  test('is empty where nothing is authorized', () => {
    expect(findAuthorizations(recordOf([authorization()], [], []), asked, SETTINGS)).toEqual({ types: [], basis: [] });
  });
});

test('an R5 authorization: decision deny, one exception, controller and policyBasis', () => {
  const consent = r5('deny', [{ ...permit({ ...TERMS, actors: [actor(RECIPIENT)] }), type: undefined }], {
    id: 'auth',
    category: [concept('http://loinc.org', '64292-6')],
    regulatoryBasis: [concept('http://terminology.hl7.org/CodeSystem/consentpolicycodes', 'hipaa-auth')],
    policyBasis: { url: FORM },
    controller: [{ reference: 'Organization/clinic' }],
    sourceAttachment: [{ hash: 'paper-5' }],
  });
  expect(findAuthorizations(recordOf([consent], [], SIGNED), asked, SETTINGS).types).toEqual([
    'hipaa-508',
    'hipaa-508-psychotherapy-notes',
  ]);
});

describe('checkAuthorization', () => {
  const statusOf = (consent: Parameters<typeof recordOf>[0][number], id: string, provenances = SIGNED) =>
    checkAuthorization(consent, recordOf([consent], [], provenances), NOW, SETTINGS).elements.find((element) => element.id === id)?.status;

  test('reports every element once, with its citation', () => {
    const { elements, types } = checkAuthorization(authorization(), recordOf([authorization()], [], SIGNED), NOW, SETTINGS);
    expect(elements).toHaveLength(33);
    expect(new Set(elements.map(({ id }) => id)).size).toBe(33);
    expect(elements.every(({ citation, detail }) => citation !== '' && detail !== '')).toBe(true);
    expect(elements.filter(({ status, id }) => status === 'missing' && !id.startsWith('P2'))).toEqual([]);
    expect(types).toEqual(['hipaa-508-psychotherapy-notes']);
  });

  test.each([
    ['AE-01', permit({ purposes: ['TREAT'] }), 'missing'],
    ['AE-05', permit({ ...TERMS, more: { period: { end: '2020' } } }), 'missing'],
    ['AE-07', permit(TERMS), 'not-applicable'],
    ['AE-12', permit(TERMS), 'warning'],
    ['AV-02', permit({ ...TERMS, labels: ['MH'] }), 'not-applicable'],
    ['AV-02', permit({ ...TERMS, labels: ['PSYTHPN', 'MH'] }), 'missing'],
    ['P2-03', permit(TERMS), 'missing'],
    ['P2-09', permit(TERMS), 'not-applicable'],
  ] as const)('%s of %j is %s', (id, root, status) => expect(statusOf(authorization(root), id)).toBe(status));

  test('an event that ends it is a warning: nobody here knows whether it occurred', () => {
    const consent = authorization(
      permit({ ...TERMS, more: { extension: [{ url: 'urn:privity:consent-expiry-event', valueString: 'discharge' }] } }),
    );
    expect(statusOf(consent, 'AE-05')).toBe('warning');
  });

  test('never throws on a malformed Consent', () => {
    const broken = {
      resourceType: 'Consent',
      status: 'active',
      provision: 7,
      category: 'x',
      performer: 'y',
      policy: null,
      sourceReference: 3,
    };
    expect(checkAuthorization(broken, recordOf([broken]), NOW, SETTINGS).types).toEqual([]);
  });

  test('a directive is no authorization, however complete', () => {
    const consent = part2(permit(TERMS), { category: [concept('http://loinc.org', '59284-0')], policyRule: undefined });
    expect(checkAuthorization(consent, recordOf([consent], [], [signature()]), NOW, SETTINGS).types).toEqual([]);
  });
});

test('authorizations are found for the subject of the record only', () => {
  const record = recordOf([authorization()], [], SIGNED);
  expect(findAuthorizations(record, { ...asked, subject: 'Patient/p2' }, SETTINGS).types).toEqual([]);
  expect(findAuthorizations(record, { ...asked, subject: SUBJECT }, SETTINGS).types).not.toEqual([]);
});
