/** Consents in plain words, what contradicts what, and the grid: the words are read from tables, the effects from the enforcement code. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeAuthorization } from '../../src/consent/describe-authorization.ts';
import { CONFIDENTIALITY_DISPLAYS, LABEL_DISPLAYS, PURPOSE_DISPLAYS } from '../../src/consent/describe-code.ts';
import { describeConflicts } from '../../src/consent/describe-conflicts.ts';
import { describeConsent } from '../../src/consent/describe-consent.ts';
import { describeGrid } from '../../src/consent/describe-grid.ts';
import type { ConsentRecord } from '../../src/consent/vote.ts';
import { demoInstallation, demoResources } from '../../src/demo/patients/demo-resources.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { authorization, RECIPIENT, SETTINGS, SIGNED, signature, TERMS } from './authorization.build.ts';
import { deny, except, HIPAA, type Json, NOW, permit, r4, r5, recordOf, ref, relatedPerson } from './build.ts';
import { DEMO, PCF, type Worded } from './describe-consent.cases.ts';

const folder = new URL('../../../shared/vectors/pcf/', import.meta.url);
const present = existsSync(folder);
if (!present) console.warn('the words for PCF vectors are not tested: ../shared/vectors/pcf is missing');

const told = (
  consent: Resource,
  record: ConsentRecord,
  at: string,
  settings = { custodians: [] as readonly string[], approvedForms: [] as readonly string[] },
): Worded => {
  const { state, produces, rules } = describeConsent(consent, record, at, settings);
  return { state, produces, words: rules.map(({ text }) => text) };
};

describe.runIf(present)('the words for IHE PCF’s examples', () => {
  const files = present ? readdirSync(folder).filter((file) => file.startsWith('Consent-')) : [];
  test('are in the table, each', () => {
    expect(files.map((file) => file.slice('Consent-ex-'.length, -'.json'.length)).sort()).toEqual(Object.keys(PCF).sort());
  });
  test.each(Object.entries(PCF))('%s', (id, words) => {
    const consent: Resource = JSON.parse(readFileSync(new URL(`Consent-ex-${id}.json`, folder), 'utf8'));
    const record = {
      subject: 'Patient/ex-patient',
      consents: [consent],
      provenances: [],
      references: new Map(),
      base: 'http://example.org/fhir',
    };
    expect(told(consent, record, '2024-06-01T00:00:00Z')).toEqual(words);
  });
});

describe('the words for the demo patients’ Consents', () => {
  const at = Date.UTC(2026, 10, 23, 12);
  const all = [...demoResources(new Date(at))] as Resource[];
  const consents = all.filter(({ resourceType }) => resourceType === 'Consent');
  test('are in the table, each', () => {
    expect(consents.map(({ id }) => id).sort()).toEqual(Object.keys(DEMO).sort());
  });
  test.each(Object.entries(DEMO))('%s', (id, words) => {
    const consent = consents.find((row) => row.id === id) as Resource;
    const record: ConsentRecord = {
      subject: consent.patient.reference,
      consents: consents.filter((row) => row.patient.reference === consent.patient.reference),
      provenances: all.filter(({ resourceType }) => resourceType === 'Provenance'),
      references: new Map(all.map((resource) => [`${resource.resourceType}/${resource.id}`, resource])),
    };
    const { custodians, approvedForms } = demoInstallation;
    expect(told(consent, record, new Date(at).toISOString(), { custodians: [...custodians], approvedForms: [...approvedForms] })).toEqual(
      words,
    );
  });
});

describe('a rule', () => {
  const period = { start: '2025-03-01T08:30:00Z', end: '2025-12-31' };
  test.each<readonly [string, Json, readonly string[]]>([
    ['that is no more than a word', deny(), ['Nobody may see anything for any purpose.']],
    [
      'for parties of every kind',
      deny({ actors: ['Group/g', { identifier: { system: 'urn:npi', value: '1' } }, '#inside'], purposes: ['TREAT'] }),
      ['Group/g, urn:npi|1 and a CareTeam told in the Consent may not see anything for treatment.'],
    ],
    [
      'about codes, types and formats',
      deny({
        labels: ['R', 'TABOO', 'http://x|y'],
        more: {
          class: [
            { system: 'http://hl7.org/fhir/resource-types', code: 'Observation' },
            { system: 'urn:ietf:bcp:13', code: 'application/pdf' },
            { system: 'http://loinc.org', code: '11488-4' },
          ],
          code: [{ coding: [{ system: 'http://snomed.info/sct', code: '1' }] }],
        },
      }),
      [
        'Nobody may see what is of restricted confidentiality or more, TABOO records or http://x y records of type Observation, application/pdf or LOINC 11488-4 coded SNOMED CT 1 for any purpose.',
      ],
    ],
    [
      'about actions, a time of day and a place',
      permit({
        actions: ['correct', 'use'],
        more: {
          period,
          extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/consent-location', valueReference: ref('Location/l') }],
        },
      }),
      ['Anyone may correct or use everything for any purpose in Location/l from 2025-03-01T08:30Z until 2025-12-31.'],
    ],
    [
      'in a rule in a rule',
      permit({
        actors: ['Practitioner/a'],
        labels: ['MH'],
        nested: [deny({ purposes: ['HRESCH'], nested: [permit({ actors: ['Practitioner/b'] })] }), permit({ labels: ['SUD'] })],
      }),
      [
        'Practitioner/a may see mental health information for any purpose, and nothing else.',
        'Except: they may not see it for healthcare research.',
        'Except: Practitioner/b may see it.',
        'Also: they may see substance use disorder information.',
      ],
    ],
    [
      'with more parties than one reads',
      deny({ actors: Array.from({ length: 12 }, (_, index) => `Practitioner/p${index}`) }),
      [`${Array.from({ length: 8 }, (_, index) => `Practitioner/p${index}`).join(', ')} and 4 more may not see anything for any purpose.`],
    ],
    [
      'that can not be read in part',
      deny({ more: { securityLabel: [{ display: 'secret' }], period: { start: 'soon' } } }),
      ['Nobody may see what can not be read for any purpose within a period that can not be read.'],
    ],
    [
      'that is a permit and not understood',
      permit({ more: { colour: 'red' } }),
      ['Anyone may see everything for any purpose (of no effect: colour not understood).'],
    ],
    [
      'that is a deny and not understood',
      deny({ more: { modifierExtension: [{ url: 'urn:x' }] } }),
      ['Nobody may see anything for any purpose (holds, though not understood: modifierExtension).'],
    ],
  ])('%s', (_, root, words) => {
    const consent = r4(root, { contained: [{ resourceType: 'CareTeam', id: 'inside' }] });
    expect(told(consent, recordOf([consent]), NOW).words).toEqual(words);
  });

  test('of R5', () => {
    const consent = r5('deny', [except({ actors: [RECIPIENT], more: { resourceType: [{ code: 'Condition' }] } })], {
      period: { end: '2025-12-31' },
    });
    expect(told(consent, recordOf([consent]), NOW).words).toEqual([
      'Nobody may see anything for any purpose until 2025-12-31.',
      'Except: Practitioner/dr-two may see records of type Condition.',
    ]);
  });

  test('never tells what a Consent displays', () => {
    const named = { reference: 'Practitioner/a', display: 'Dr. Jane Doe' };
    const label = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'MH', display: 'Jane’s depression' };
    const consent = r4(permit({ actors: [named], more: { securityLabel: [label] } }), { text: { div: 'Jane' } });
    expect(JSON.stringify(describeConsent(consent, recordOf([consent]), NOW, SETTINGS))).not.toContain('Jane');
  });
});

describe('the state of a Consent', () => {
  const guardian = relatedPerson('g', 'GUARD');
  const revocation: Resource = {
    resourceType: 'Provenance',
    target: [ref('Consent/c1')],
    occurredDateTime: '2025-06-01',
    reason: [{ text: 'a letter' }],
  };
  test.each<readonly [string, Resource, ConsentRecord | undefined, string, string]>([
    ['in force', r4(deny()), undefined, 'in-force', 'active, within its period'],
    ['revoked', r4(deny(), { status: 'inactive' }), recordOf([], [], [revocation]), 'revoked', 'status inactive'],
    ['a draft', r4(deny(), { status: 'draft' }), undefined, 'not-active', 'status draft'],
    ['of a status that is none', r4(deny(), { status: '<b>' }), undefined, 'not-active', 'status can not be read'],
    ['ended', r4(deny({ more: { period: { end: '2025-06-14' } } })), undefined, 'ended', 'ended 2025-06-14'],
    ['not begun', r4(deny({ more: { period: { start: '2025-06-16' } } })), undefined, 'not-started', 'begins 2025-06-16'],
    ['for another patient', r4(deny(), { patient: ref('Patient/p2') }), undefined, 'another-patient', 'it is for another patient'],
    [
      'given by a guardian',
      r4(deny(), { performer: [ref('RelatedPerson/g')] }),
      recordOf([], [guardian]),
      'in-force',
      'active, within its period',
    ],
    [
      'given by a stranger',
      r4(deny(), { performer: [ref('RelatedPerson/g')] }),
      undefined,
      'not-accepted',
      'given by neither the patient nor a representative with authority on file',
    ],
    [
      'unreadable',
      r4({ type: 'maybe' }),
      undefined,
      'unreadable',
      'provision.type can not be read: until it is mended it denies everything',
    ],
    [
      'void',
      authorization(permit({ ...TERMS, purposes: [] })),
      recordOf([], [], SIGNED),
      'void',
      'AE-04 (45 CFR 164.508(c)(1)(iv)): a permit names no purpose',
    ],
  ])('%s', (_, consent, record = recordOf([]), state, why) => {
    const described = describeConsent(consent, { ...record, consents: [consent] }, NOW, SETTINGS);
    expect([described.state, described.why]).toEqual([state, why]);
  });

  test('revoked says when and why', () => {
    const consent = r4(deny(), { status: 'inactive' });
    expect(describeConsent(consent, recordOf([consent], [], [revocation]), NOW, SETTINGS).revoked).toEqual({
      at: '2025-06-01',
      reason: 'a letter',
    });
  });

  test('is not asked about at no time', () => {
    expect(() => describeConsent(r4(deny()), recordOf([]), 'now', SETTINGS)).toThrow(RangeError);
  });
});

describe('an authorization', () => {
  test('is told under the laws that it names alone', () => {
    const consent = authorization();
    const { valid, laws, elements, document } = describeAuthorization(consent, recordOf([consent], [], SIGNED), NOW, SETTINGS);
    expect([valid, laws, document]).toEqual([true, ['hipaa'], ['Consent/auth']]);
    expect(elements.some(({ id }) => id.startsWith('P2-'))).toBe(false);
    expect(elements[0]).toMatchObject({ id: 'AE-01', name: 'Which information, described specifically', status: 'met' });
    expect(new Set(elements.map(({ name }) => name)).size).toBe(elements.length);
    expect(elements.filter(({ required, status }) => required && status === 'missing')).toEqual([]);
  });

  test('opens nothing but its permits, in a frame that denies', () => {
    const consent = authorization(deny({ nested: [permit(TERMS)] }));
    const [frame, opened] = told(consent, recordOf([consent], [], [signature()]), NOW, SETTINGS as never).words;
    expect(frame).toBe('It opens nothing but this.');
    expect(opened).toMatch(/^Except: Practitioner\/dr-two may see psychotherapy note information for treatment/);
  });
});

describe('what contradicts what', () => {
  const other = (root: Json, more: Json = {}) => r4(root, { id: 'c2', ...more });
  test.each<readonly [string, Resource, readonly Resource[], readonly string[]]>([
    ['nothing', r4(deny({ actors: ['Practitioner/a'] })), [other(permit({ actors: ['Practitioner/b'] }))], []],
    ['a permit against a deny', r4(permit({ actors: ['Practitioner/a'] })), [other(deny({ purposes: ['TREAT'] }))], ['opposed Consent/c2']],
    ['a deny against a permit', r4(deny({ labels: ['MH'] })), [other(permit())], ['opposed Consent/c2']],
    ['an authorization against a deny', authorization(), [other(deny({ labels: ['PSYTHPN'] }))], ['opposed Consent/c2']],
    ['a deny against an authorization: it only adds', r4(deny({ labels: ['PSYTHPN'] })), [authorization()], []],
    ['one that is not in force', r4(permit()), [other(deny(), { status: 'inactive' })], []],
    ['one that has ended', r4(permit()), [other(deny({ more: { period: { end: '2025-01-31' } } }))], []],
    ['the very same', r4(deny({ labels: ['MH'] })), [other(deny({ labels: ['MH'] }))], ['duplicate Consent/c2']],
    [
      'itself, in the same words',
      r4(permit({ nested: [deny({ labels: ['MH'] }), permit({ labels: ['MH'] })] })),
      [],
      ['contradiction provision.provision[0]'],
    ],
    ['itself, turned over', r4(permit({ nested: [deny()] })), [], ['contradiction provision']],
  ])('%s', (_, consent, others, found) => {
    const conflicts = describeConflicts(consent, recordOf([consent, ...others]), NOW, HIPAA);
    expect(conflicts.map((row) => `${row.kind} ${row.with}`)).toEqual(found);
  });
});

describe('the grid', () => {
  const CLASSES = [
    { recipient: 'other-treating-provider', purposes: ['TREAT'], parties: ['Practitioner'] },
    { recipient: 'researcher', purposes: ['HRESCH'], parties: ['Practitioner'] },
  ];
  const cells = (consents: readonly Resource[], provenances: readonly Resource[] = []) => {
    const record = recordOf(consents, [], provenances);
    const { rows } = describeGrid(record, NOW, { ...HIPAA, ...SETTINGS }, CLASSES);
    return Object.fromEntries(
      rows.map(({ recipient, cells: row }) => [
        recipient,
        Object.fromEntries(
          row.map(({ category, says, entries }) => [
            category,
            [says, ...entries.map((entry) => `${entry.recipient} ${entry.says}${entry.part ? ' part' : ''}`)],
          ]),
        ),
      ]),
    );
  };
  const NONE = {
    'psychotherapy-notes': ['none'],
    'sud-counseling-notes': ['none'],
    sud: ['none'],
    'mental-health': ['none'],
    other: ['none'],
  };

  test('of nothing', () => expect(cells([])).toEqual({ 'other-treating-provider': NONE, researcher: NONE }));

  test('of a deny for one purpose and category', () =>
    expect(cells([r4(deny({ purposes: ['HRESCH'], labels: ['SUD'] }))])).toEqual({
      'other-treating-provider': NONE,
      researcher: { ...NONE, sud: ['deny', 'anyone deny'] },
    }));

  test('of a deny for one party', () => {
    const { researcher, 'other-treating-provider': treating } = cells([r4(deny({ actors: ['Practitioner/a'], purposes: ['TREAT'] }))]);
    expect(researcher).toEqual(NONE);
    expect(treating).toEqual(Object.fromEntries(Object.keys(NONE).map((category) => [category, ['deny', 'Practitioner/a deny']])));
  });

  test('of what concerns a part of the data', () =>
    expect(cells([r4(deny({ purposes: ['TREAT'], labels: ['HIV'] }))])['other-treating-provider']).toEqual({
      ...NONE,
      other: ['none', 'anyone deny part'],
    }));

  test('of an authorization, while it is valid', () => {
    const opened = ['permit', 'Practitioner/dr-two permit'];
    expect(cells([authorization()], SIGNED)['other-treating-provider']).toEqual({ ...NONE, 'psychotherapy-notes': opened });
    expect(cells([authorization()])['other-treating-provider']).toEqual(NONE);
  });

  test('names so many parties, and says how many are left', () => {
    const consent = r4(deny({ actors: Array.from({ length: 30 }, (_, index) => `Practitioner/p${index}`) }));
    expect(describeGrid(recordOf([consent]), NOW, { ...HIPAA, ...SETTINGS }, CLASSES).omitted).toBe(6);
  });
});

describe('displays', () => {
  const home = dirname(createRequire(import.meta.url).resolve('hl7.terminology.r4/package.json'));
  interface Concept {
    readonly code: string;
    readonly display: string;
    readonly concept?: readonly Concept[];
  }
  const displaysOf = (name: string): ReadonlyMap<string, string> => {
    const walk = (concepts: readonly Concept[]): [string, string][] =>
      concepts.flatMap(({ code, display, concept = [] }) => [[code, display], ...walk(concept)]);
    return new Map(walk(JSON.parse(readFileSync(join(home, `CodeSystem-v3-${name}.json`), 'utf8')).concept));
  };
  test.each([
    ['ActCode', LABEL_DISPLAYS],
    ['ActReason', PURPOSE_DISPLAYS],
    ['Confidentiality', CONFIDENTIALITY_DISPLAYS],
  ] as const)('are HL7’s: %s', (name, own) => {
    const published = displaysOf(name);
    expect([...own].filter(([code, display]) => published.get(code) !== display)).toEqual([]);
  });
});
