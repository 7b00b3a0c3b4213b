/** Facts that the law asks about, each from where design.md 4.3 says it comes from, and none from anywhere else. */
import { expect, test } from 'vitest';
import type { SubjectRecord } from '../../src/decide/decision.ts';
import { type FactSources, factsOf } from '../../src/decide/facts-of.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { AT, label, recorded, requester, settings, subject } from './build.ts';

type Row = readonly [situation: string, facts: readonly string[], sources: Partial<FactSources>];

const about = (more: Partial<SubjectRecord>) => ({ subject: subject('Patient/p', more) });
const patient = (more: Partial<Resource>) => about({ patient: { resourceType: 'Patient', id: 'p', ...more } });
const coverage = (id: string, code: string, more: Partial<Resource> = {}): Resource => ({
  resourceType: 'Coverage',
  id,
  status: 'active',
  type: { coding: [{ code }] },
  ...more,
});
const from = (reference: string) =>
  requester('treating-provider', { organization: { reference }, references: ['Practitioner/someone', reference] });

const held = { ...settings, consent: { ...settings.consent, custodians: ['Organization/clinic'] } };

const rows: readonly Row[] = [
  ['nothing known: no fact', [], {}],
  ['nobody it is about', [], { subject: undefined }],
  ['died, no date', ['deceased'], patient({ deceasedBoolean: true })],
  ['died on a day', ['deceased'], patient({ deceasedDateTime: '2020-01-01' })],
  ['alive, said so', [], patient({ deceasedBoolean: false })],
  ['eleven', ['minor'], patient({ birthDate: '2014-11-24' })],
  ['twelve today', ['minor', 'minor-12-17'], patient({ birthDate: '2014-11-23' })],
  ['a month of birth in which twelve may have come', ['minor', 'minor-12-17'], patient({ birthDate: '2014-11' })],
  ['a month of birth that makes eleven', ['minor'], patient({ birthDate: '2014-12' })],
  ['a year of birth in which twelve may have come', ['minor', 'minor-12-17'], patient({ birthDate: '2014' })],
  ['seventeen', ['minor', 'minor-12-17'], patient({ birthDate: '2009-01-01' })],
  ['eighteen today', [], patient({ birthDate: '2008-11-23' })],
  ['eighteen tomorrow', ['minor', 'minor-12-17'], patient({ birthDate: '2008-11-24' })],
  ['a month of birth that may still come', ['minor', 'minor-12-17'], patient({ birthDate: '2008-11' })],
  ['a month of birth that is over', [], patient({ birthDate: '2008-10' })],
  ['a year of birth that may still come', ['minor', 'minor-12-17'], patient({ birthDate: '2008' })],
  ['a year of birth that is over', [], patient({ birthDate: '2007' })],
  ['no date of birth: not inferred', [], patient({})],
  ['a date of birth that is none', [], patient({ birthDate: 'unknown' })],
  ['adolescent information', ['minor-consented'], { labels: [label('ADOL')] }],
  ['the same code of another system', [], { labels: [{ system: 'urn:x', code: 'ADOL', evidence: [] }] }],
  ['labelled self-pay', ['self-pay'], { labels: [label('HIPAASelfPay')] }],
  ['no other coverage than her own money', ['self-pay'], about({ relations: [coverage('c', 'pay')] })],
  ['a plan beside it', [], about({ relations: [coverage('c', 'pay'), coverage('d', 'EHCPOL')] })],
  [
    'a plan beside it, and the bill says which',
    ['self-pay'],
    { ...about({ relations: [coverage('c', 'pay'), coverage('d', 'EHCPOL')] }), refersTo: new Set(['Coverage/c']) },
  ],
  ['self-pay that ended', [], about({ relations: [coverage('c', 'pay', { status: 'cancelled' })] })],
  ['a plan only', [], about({ relations: [coverage('d', 'EHCPOL')] })],
  [
    'a program’s own',
    ['same-organization', 'same-part2-program'],
    { requester: from('Organization/program'), organizations: ['Organization/program'] },
  ],
  ['a program’s, asked for by another', [], { requester: from('Organization/other'), organizations: ['Organization/program'] }],
  [
    'an organization’s own that is no program',
    ['same-organization'],
    { requester: from('Organization/other'), organizations: ['Organization/other'] },
  ],
  [
    'what names no organization, asked for by the custodian’s',
    ['same-organization'],
    { requester: from('Organization/clinic'), settings: held },
  ],
  ['what names no organization, asked for by another', [], { requester: from('Organization/other'), settings: held }],
  [
    'what another organization holds, asked for by the custodian’s',
    [],
    { requester: from('Organization/clinic'), organizations: ['Organization/other'], settings: held },
  ],
  ['a minor who was removed from custody', ['removed-from-custody'], about({ recorded: [recorded('removed-from-custody')] })],
  ['a program’s, asked for by nobody’s clinician', [], { organizations: ['Organization/program'] }],
  [
    'an encounter at the requester’s organization',
    ['shared-relationship'],
    {
      requester: from('Organization/o'),
      ...about({ relations: [{ resourceType: 'Encounter', serviceProvider: { reference: 'Organization/o' } }] }),
    },
  ],
  [
    'a coverage with the requester',
    ['shared-relationship'],
    {
      requester: from('Organization/plan'),
      ...about({ relations: [coverage('d', 'EHCPOL', { payor: [{ reference: 'Organization/plan' }] })] }),
    },
  ],
  [
    'an encounter elsewhere',
    [],
    {
      requester: from('Organization/o'),
      ...about({ relations: [{ resourceType: 'Encounter', serviceProvider: { reference: 'Organization/x' } }] }),
    },
  ],
  ['a recorded restriction', ['restriction-agreed'], about({ recorded: [recorded('restriction-agreed')] })],
  ['one that ended', [], about({ recorded: [recorded('restriction-agreed', { until: '2026-11-22T00:00:00Z' })] })],
  [
    'one until later today',
    ['restriction-agreed'],
    about({ recorded: [recorded('restriction-agreed', { until: '2026-11-23T12:00:00Z' })] }),
  ],
  ['one about somebody else', [], about({ recorded: [recorded('restriction-agreed', { subject: 'Patient/q' })] })],
  [
    'a determination for this requester',
    ['access-denied-524'],
    about({ recorded: [recorded('access-denied-524', { recipient: 'Practitioner/someone' })] }),
  ],
  ['a determination for somebody else', [], about({ recorded: [recorded('access-denied-524', { recipient: 'Practitioner/other' })] })],
  ['an attestation is no fact', [], about({ recorded: [recorded('MH-07')] })],
  [
    'supervision that the issuer claims',
    ['supervised-own-program'],
    { requester: requester('trainee', { claimedFacts: ['supervised-own-program'] }) },
  ],
  [
    'nothing else that an issuer may claim',
    [],
    { requester: requester('trainee', { claimedFacts: ['deceased', 'de-identified', 'same-part2-program'] }) },
  ],
];

test.each(rows)('%s', (_, facts, sources) => {
  const whole: FactSources = {
    requester: requester('treating-provider'),
    subject: subject('Patient/p'),
    labels: [],
    organizations: [],
    refersTo: new Set(),
    settings,
    at: AT,
    ...sources,
  };
  expect(factsOf(whole)).toEqual(facts);
});
