/** Who may attest what, as shipped. */
import { describe, expect, it } from 'vitest';
import { countsFor, mayAssert, mayRecord } from '../../src/policy/attestation-entitled.ts';
import type { Recipient } from '../../src/policy/question.ts';
import { readAttestationRules } from '../../src/policy/read-attestation-rules.ts';
import { ROLES, type Role } from '../../src/requester/requester.ts';
import { shipped, stateSets } from './shipped.ts';

const rules = shipped.attestationRules;

describe('in the request', () => {
  it.each<{ kind: string; roles: Role[]; may: boolean }>([
    { kind: 'PN-14', roles: ['treating-provider'], may: true },
    { kind: 'SU-08', roles: ['workforce', 'mental-health-professional'], may: true },
    { kind: 'PN-17', roles: ['mental-health-professional'], may: true },
    { kind: 'PN-17', roles: ['patient'], may: false },
    { kind: 'PN-14', roles: ['law-enforcement'], may: false },
    { kind: 'PN-14', roles: ['trainee'], may: false },
    { kind: 'MH-13', roles: ['personal-representative'], may: false },
    { kind: 'PN-11', roles: ['court'], may: false },
    { kind: 'MH-07', roles: ['family-friend'], may: false },
    { kind: 'PN-10', roles: ['hhs'], may: false },
    { kind: 'PN-99', roles: [...ROLES], may: false },
    { kind: 'constructor', roles: [...ROLES], may: false },
    { kind: 'PN-14', roles: [], may: false },
  ])('$roles asserting $kind: $may', ({ kind, roles, may }) => {
    expect(mayAssert(rules, kind, roles)).toBe(may);
  });

  it('clinicians assert what they know at first hand, and nobody else asserts anything', () => {
    const asserted = (role: Role) => [...rules.keys()].filter((kind) => mayAssert(rules, kind, [role]));
    expect(asserted('mental-health-professional')).toEqual(['PN-14', 'PN-17', 'PN-18', 'SU-08', 'SC-09']);
    for (const role of ROLES.filter((one) => !['mental-health-professional', 'treating-provider'].includes(one)))
      expect(asserted(role)).toEqual([]);
  });
});

describe('beforehand', () => {
  it.each<{ kind: string; roles: Role[]; may: boolean }>([
    { kind: 'PN-11', roles: ['privacy-officer'], may: true },
    { kind: 'PN-11', roles: ['workforce'], may: false },
    { kind: 'MH-13', roles: ['workforce'], may: true },
    { kind: 'restriction-agreed', roles: ['workforce'], may: true },
    { kind: 'access-denied-524', roles: ['workforce'], may: false },
    { kind: 'access-denied-524', roles: ['treating-provider'], may: true },
    { kind: 'PN-17', roles: ['privacy-officer'], may: false },
    { kind: 'MH-07', roles: ['patient'], may: false },
    { kind: 'deceased', roles: ['privacy-officer'], may: false },
  ])('$roles recording $kind: $may', ({ kind, roles, may }) => {
    expect(mayRecord(rules, kind, roles)).toBe(may);
  });

  it('nobody records for their own benefit', () => {
    const outside: Role[] = [
      'patient',
      'personal-representative',
      'parent-of-minor',
      'family-friend',
      'payer',
      'researcher',
      'public-health',
      'health-oversight',
      'coroner-medical-examiner',
      'law-enforcement',
      'court',
      'hhs',
      'business-associate',
      'covered-entity',
      'third-party',
      'trainee',
    ];
    expect([...rules.keys()].filter((kind) => mayRecord(rules, kind, outside))).toEqual([]);
  });
});

describe('for whom', () => {
  it.each<{ kind: string; recipient: Recipient; counts: boolean }>([
    { kind: 'PN-17', recipient: 'patient', counts: true },
    { kind: 'PN-17', recipient: 'family-friend', counts: false },
    { kind: 'restriction-agreed', recipient: 'payer', counts: true },
    { kind: 'PN-99', recipient: 'payer', counts: false },
  ])('$kind for $recipient: $counts', ({ kind, recipient, counts }) => {
    expect(countsFor(rules, kind, recipient)).toBe(counts);
  });

  it('the law reads each attestation for the recipients that it counts for', () => {
    const law = [shipped.foundation.law, ...stateSets].flatMap(({ statements }) => statements.map(({ text }) => text));
    for (const kind of [...rules.keys()].filter((one) => /^[A-Z]{2}-\d/.test(one)))
      expect(
        law.some((text) => text.includes(`Attestation::"${kind}"`)),
        kind,
      ).toBe(true);
  });

  it('what rests on a paper says so, and everything but a standing restriction ends', () => {
    expect(rules.get('MH-17')).toMatchObject({ document: true, maxDays: 1095 });
    expect([...rules.values()].filter(({ maxDays }) => maxDays === undefined).map(({ kind }) => kind)).toEqual([
      'restriction-agreed',
      'self-pay',
      'de-identified',
    ]);
  });
});

describe('readAttestationRules', () => {
  const rule = 'title: T\n    citation: C\n    wording: W\n    records: [privacy-officer]\n    recipients: [patient]';
  it.each([
    {
      name: 'a kind that no policy reads',
      text: `attestations:\n  PN17:\n    ${rule}\ndeterminations: {}\n`,
      says: 'No policy can read "PN17".',
    },
    {
      name: 'a fact that does not exist',
      text: `attestations: {}\ndeterminations:\n  self-paid:\n    ${rule}\n`,
      says: 'No policy can read "self-paid".',
    },
    {
      name: 'a role that does not exist',
      text: `attestations:\n  PN-17:\n    ${rule.replace('privacy-officer', 'boss')}\ndeterminations: {}\n`,
      says: /PN-17\.records\.0: Invalid option/,
    },
    {
      name: 'nobody who may record',
      text: `attestations:\n  PN-17:\n    ${rule.replace('[privacy-officer]', '[]')}\ndeterminations: {}\n`,
      says: /PN-17\.records/,
    },
  ])('tells of $name', ({ text, says }) => {
    const { problems } = readAttestationRules({ path: 'a.yaml', text });
    expect(problems[0]?.message).toEqual(typeof says === 'string' ? says : expect.stringMatching(says));
    expect(problems[0]?.line).toBeGreaterThan(1);
  });
});
