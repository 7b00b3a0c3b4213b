/** Any question that the pipeline could ask, over the whole finite vocabulary. */
import fc from 'fast-check';
import { CATEGORIES } from '../../src/classify/label.ts';
import { AUTHORIZATION_TYPES } from '../../src/consent/vote.ts';
import { purposeAncestors } from '../../src/fhir/label-hierarchy.ts';
import { FACTS, type PolicyQuestion, RECIPIENTS } from '../../src/policy/question.ts';
import { ROLES } from '../../src/requester/requester.ts';
import { shipped } from './shipped.ts';

export const PURPOSES = [
  'TREAT',
  'ETREAT',
  'BTG',
  'CAREMGT',
  'HPAYMT',
  'COVAUTH',
  'HOPERAT',
  'HQUALIMP',
  'TRAIN',
  'HSYSADMIN',
  'PATRQT',
  'FAMRQT',
  'PWATRNY',
  'HRESCH',
  'PUBHLTH',
  'THREAT',
  'HCOMPL',
  'GOV',
  'HLEGAL',
  'HDECD',
  'HMARKT',
  'CLMATTCH',
  'ELIGDTRM',
  'HACCRED',
  'PATSFTY',
  'PERFMSR',
  'FRAUD',
  'RECORDMGT',
  'SUPNWK',
  'PRECLINTRCH',
  'MLTRAINING',
  'TREATDS',
  'ERTREAT',
];
export const KINDS = [...shipped.attestationRules.keys()].filter((kind) => /^[A-Z]{2}-/.test(kind));

const some = <T>(values: readonly T[], maxLength = 3) => fc.uniqueArray(fc.constantFrom(...values), { maxLength });

export const anyQuestion: fc.Arbitrary<PolicyQuestion> = fc.record({
  recipient: fc.constantFrom(...RECIPIENTS),
  action: fc.oneof(
    { weight: 4, arbitrary: fc.constant('disclose' as const) },
    fc.constantFrom('create' as const, 'update' as const, 'delete' as const),
  ),
  category: fc.constantFrom(...CATEGORIES),
  context: fc
    .record({
      purpose: fc.constantFrom(...PURPOSES),
      roles: some(ROLES),
      organization: fc.constantFrom('', 'Organization/o1'),
      labels: some(['MH', 'HIV', 'SUD', 'R', '42CFRPart2', 'Title38Section7332']),
      resourceType: fc.constantFrom('Observation', 'Condition', 'Patient'),
      authorizations: some(AUTHORIZATION_TYPES, 2),
      attestations: some(KINDS),
      facts: some(FACTS),
      consent: fc.constantFrom('none' as const, 'outside' as const, 'permit' as const, 'deny' as const),
      hour: fc.nat(23),
      weekday: fc.nat(6),
    })
    .map((context) => ({ ...context, purposeAncestors: purposeAncestors(context.purpose) })),
});
