/**
 * The law a second time, as a plain table, written apart from the Cedar text: on what ground which recipient gets which
 * category for which purpose, and what bars it. The two must agree on every question (law-grounds.test.ts).
 */
import type { Category } from '../../src/classify/label.ts';
import type { PolicyQuestion, Recipient } from '../../src/policy/question.ts';

export interface Ground {
  readonly rule: string;
  readonly categories: readonly Category[];
  readonly recipients: readonly Recipient[] | '*';
  readonly purposes: readonly string[] | '*';
  /** Attestations, facts, authorizations, labels: all of them, by name. */
  readonly needs: readonly string[];
  readonly lacks?: readonly string[];
  readonly view?: string;
}

const PHI: Category[] = ['mental-health', 'other'];
const PN: Category[] = ['psychotherapy-notes'];
const SUD: Category[] = ['sud'];
const SCN: Category[] = ['sud-counseling-notes'];
const OWN: Recipient[] = ['originator', 'workforce', 'trainee-own-program'];
const EMERGENCY = ['ETREAT', 'BTG'];
const OPERATIONS = ['HOPERAT', 'HQUALIMP', 'HACCRED', 'PATSFTY', 'PERFMSR', 'CAREMGT', 'FRAUD', 'HLEGAL', 'RECORDMGT'];

type Row = [
  rule: string,
  categories: Category[],
  recipients: Recipient[] | '*',
  purposes: string[] | '*',
  needs: string[],
  more?: { view?: string; lacks?: string[] },
];

const ROWS: readonly Row[] = [
  ['MH-01', PHI, ['other-treating-provider'], ['TREAT', 'CAREMGT'], []],
  ['MH-02', PHI, OWN, ['TREAT'], []],
  [
    'MH-03',
    PHI,
    [...OWN, 'payer', 'business-associate', 'other-covered-entity'],
    ['HPAYMT', 'COVAUTH', 'CLMATTCH', 'ELIGDTRM'],
    [],
    { view: 'payment' },
  ],
  ['MH-04', PHI, [...OWN, 'business-associate'], OPERATIONS, [], { view: 'operations' }],
  ['MH-04', PHI, OWN, ['TRAIN'], [], { view: 'training' }],
  ['MH-04', PHI, ['business-associate'], ['HSYSADMIN', 'RECORDMGT'], ['content-opaque']],
  [
    'MH-05',
    PHI,
    ['other-covered-entity', 'payer'],
    ['HOPERAT', 'HQUALIMP', 'CAREMGT', 'FRAUD'],
    ['shared-relationship'],
    { view: 'operations' },
  ],
  ['MH-06', PHI, [...OWN, 'other-treating-provider'], EMERGENCY, []],
  ['MH-07', PHI, ['family-friend'], ['FAMRQT', 'SUPNWK'], ['MH-07'], { view: 'family-involvement' }],
  ['MH-10', PHI, ['patient'], ['PATRQT'], []],
  ['MH-13', PHI, ['personal-representative'], ['PWATRNY', 'PATRQT'], ['MH-13']],
  ['MH-15', PHI, ['parent-of-minor'], ['FAMRQT', 'PWATRNY'], ['minor'], { lacks: ['minor-consented'] }],
  ['MH-17', PHI, ['researcher'], ['HRESCH', 'PRECLINTRCH'], ['MH-17'], { view: 'research-waiver' }],
  ['MH-19', PHI, ['public-health'], ['PUBHLTH'], ['MH-19'], { view: 'public-health' }],
  ['MH-22', PHI, ['health-oversight'], ['HCOMPL', 'GOV', 'FRAUD'], ['MH-22'], { view: 'oversight' }],
  ['MH-23', PHI, ['court'], ['HLEGAL'], ['MH-23'], { view: 'legal-process' }],
  ['MH-25', PHI, ['law-enforcement'], ['HLEGAL', 'GOV'], ['MH-25'], { view: 'legal-process' }],
  ['MH-27', PHI, ['coroner-medical-examiner'], ['HDECD'], ['MH-27', 'deceased'], { view: 'coroner' }],
  ['MH-28', PHI, ['law-enforcement'], ['HLEGAL', 'GOV', 'THREAT'], ['PN-14'], { view: 'threat' }],
  ['MH-28', PHI, ['family-friend'], ['FAMRQT', 'THREAT'], ['PN-14'], { view: 'threat' }],
  ['MH-28', PHI, ['third-party'], ['THREAT'], ['PN-14'], { view: 'threat' }],
  ['MH-29', PHI, ['hhs'], ['HCOMPL', 'GOV'], ['MH-29']],
  ['MH-37', PHI, '*', '*', ['hipaa-508']],
  ['PN-02', PN, ['originator'], ['TREAT'], []],
  ['PN-06', PN, ['trainee-own-program'], ['TRAIN'], ['supervised-own-program']],
  ['PN-10', PN, ['hhs'], ['HCOMPL', 'GOV'], ['PN-10']],
  ['PN-11', PN, ['court'], ['HLEGAL'], ['PN-11']],
  ['PN-11', PN, ['law-enforcement'], ['HLEGAL', 'GOV'], ['PN-11']],
  ['PN-11', PN, ['public-health'], ['PUBHLTH'], ['PN-11']],
  ['PN-12', PN, ['health-oversight'], ['HCOMPL', 'GOV'], ['PN-12']],
  ['PN-13', PN, ['coroner-medical-examiner'], ['HDECD'], ['PN-13', 'deceased']],
  ['PN-14', PN, ['other-treating-provider', 'originator'], EMERGENCY, ['PN-14']],
  ['PN-14', PN, ['law-enforcement'], ['HLEGAL', 'GOV', 'THREAT'], ['PN-14']],
  ['PN-14', PN, ['family-friend'], ['FAMRQT', 'THREAT'], ['PN-14']],
  ['PN-14', PN, ['third-party'], ['THREAT'], ['PN-14']],
  ['PN-17', PN, ['patient'], ['PATRQT'], ['PN-17']],
  ['PN-18', PN, ['personal-representative'], ['PWATRNY', 'PATRQT'], ['MH-13', 'PN-18']],
  ['PN-18', PN, ['parent-of-minor'], ['FAMRQT', 'PWATRNY'], ['PN-18', 'minor'], { lacks: ['minor-consented'] }],
  ['PN-25', PN, ['business-associate'], ['HSYSADMIN', 'RECORDMGT'], ['content-opaque']],
  ['PN-28', PN, '*', '*', ['hipaa-508-psychotherapy-notes']],
  ['SU-01', SUD, '*', '*', ['part2-2.31']],
  ['SU-02', SUD, [...OWN, 'other-treating-provider'], ['TREAT', 'CAREMGT', ...EMERGENCY], ['part2-2.31-tpo']],
  ['SU-02', SUD, ['payer'], ['HPAYMT'], ['part2-2.31-tpo']],
  [
    'SU-02',
    SUD,
    ['workforce', 'originator', 'business-associate', 'other-covered-entity'],
    ['HPAYMT'],
    ['part2-2.31-tpo'],
    { view: 'payment' },
  ],
  [
    'SU-02',
    SUD,
    ['workforce', 'originator', 'business-associate', 'other-covered-entity', 'payer'],
    ['HOPERAT'],
    ['part2-2.31-tpo'],
    { view: 'operations' },
  ],
  ['SU-06', SUD, [...OWN, 'other-treating-provider'], ['TREAT', ...EMERGENCY], ['same-part2-program']],
  ['SU-06', SUD, ['trainee-own-program'], ['TRAIN'], ['same-part2-program', 'supervised-own-program']],
  ['SU-08', SUD, ['other-treating-provider', 'originator'], EMERGENCY, ['SU-08']],
  ['SU-09', SUD, ['researcher'], ['HRESCH'], ['SU-09'], { view: 'research-waiver' }],
  ['SU-10', SUD, ['health-oversight'], ['HCOMPL', 'GOV'], ['SU-10'], { view: 'oversight' }],
  ['SU-11', SUD, ['public-health'], ['PUBHLTH'], ['de-identified'], { view: 'de-identified' }],
  ['SU-13', SUD, ['court', 'law-enforcement', 'third-party'], ['HLEGAL'], ['part2-2.31d']],
  ['SU-14', SUD, ['court', 'law-enforcement'], ['HLEGAL', 'GOV'], ['SU-14'], { view: 'legal-process' }],
  ['SU-17', SUD, ['patient'], ['PATRQT'], []],
  ['SU-17', SUD, ['personal-representative'], ['PWATRNY', 'PATRQT'], ['MH-13']],
  ['SU-19', SUD, ['coroner-medical-examiner'], ['HDECD'], ['SU-19', 'deceased'], { view: 'coroner' }],
  ['SU-32', SUD, '*', '*', ['va-7332', 'Title38Section7332'], { lacks: ['42CFRPart2'] }],
  ['SC-02', SCN, ['originator'], ['TREAT'], []],
  ['SC-03', SCN, ['trainee-own-program'], ['TRAIN'], ['supervised-own-program', 'same-part2-program']],
  ['SC-05', [...SUD, ...SCN], ['hhs'], ['HCOMPL'], ['SC-05']],
  ['SC-06', SCN, ['coroner-medical-examiner'], ['HDECD'], ['SC-06', 'deceased'], { view: 'counseling-notes' }],
  ['SC-06', SCN, ['health-oversight'], ['HCOMPL'], ['SC-06'], { view: 'counseling-notes' }],
  ['SC-06', SCN, ['court'], ['HLEGAL'], ['SC-06'], { view: 'counseling-notes' }],
  ['SC-08', SCN, '*', '*', ['part2-2.31b-scn']],
  ['SC-09', SCN, ['patient'], ['PATRQT'], ['SC-09']],
  ['SC-09', SCN, ['personal-representative'], ['PWATRNY', 'PATRQT'], ['MH-13', 'SC-09']],
];

export const GROUNDS: readonly Ground[] = ROWS.map(([rule, categories, recipients, purposes, needs, more]) => ({
  rule,
  categories,
  recipients,
  purposes,
  needs,
  ...more,
}));

/** Everything in a question that a ground may need, by name. */
function namesIn({ context }: PolicyQuestion): ReadonlySet<string> {
  return new Set([
    ...context.authorizations,
    ...context.attestations,
    ...context.facts,
    ...context.labels,
    ...(context.consent === 'deny' ? ['restriction-agreed'] : []),
  ]);
}

export function groundsOf(question: PolicyQuestion): readonly Ground[] {
  const names = namesIn(question);
  const { recipient, category, context } = question;
  return GROUNDS.filter(
    (ground) =>
      ground.categories.includes(category) &&
      (ground.recipients === '*' || ground.recipients.includes(recipient)) &&
      (ground.purposes === '*' || ground.purposes.includes(context.purpose)) &&
      ground.needs.every((name) => names.has(name)) &&
      !(ground.lacks ?? []).some((name) => names.has(name)),
  );
}

/** Whom 164.512 or the Secretary's demand serves: no restriction is effective against them (164.522(a)(1)(v)). */
const PUBLIC: readonly Recipient[] = ['hhs', 'court', 'law-enforcement', 'coroner-medical-examiner', 'health-oversight', 'public-health'];
const STAND_IN: readonly Recipient[] = ['personal-representative', 'parent-of-minor'];

/** What closes a question although a ground is there. */
export function isBarred(question: PolicyQuestion): boolean {
  const names = namesIn(question);
  const { recipient, category, context } = question;
  const part2 = category === 'sud' || category === 'sud-counseling-notes';
  const payment = ['HPAYMT', 'HOPERAT'].some((family) => family === context.purpose || context.purposeAncestors.includes(family));
  const waived =
    recipient === 'researcher' &&
    category !== 'psychotherapy-notes' &&
    category !== 'sud-counseling-notes' &&
    names.has(part2 ? 'SU-09' : 'MH-17');
  const warned = !part2 && (recipient === 'family-friend' || recipient === 'third-party') && names.has('PN-14');
  const restrictable = recipient !== 'patient' && !PUBLIC.includes(recipient) && !EMERGENCY.includes(context.purpose) && !waived && !warned;
  const consented7332 = ['va-7332', 'SU-08', 'SU-09', 'SU-10', 'SU-14'].some((name) => names.has(name));
  const proceedings = names.has('part2-2.31d') || names.has('SU-14');
  return [
    names.has('restriction-agreed') && restrictable,
    names.has('access-denied-524') && (recipient === 'patient' || STAND_IN.includes(recipient)),
    names.has('endangerment-502g5') && STAND_IN.includes(recipient),
    names.has('self-pay') && recipient === 'payer' && payment,
    category === 'sud' && (recipient === 'court' || recipient === 'law-enforcement') && !proceedings,
    category === 'sud-counseling-notes' && recipient === 'law-enforcement' && !proceedings,
    category === 'sud-counseling-notes' && recipient === 'court' && !names.has('SC-06'),
    part2 && names.has('Title38Section7332') && !consented7332 && !['patient', 'personal-representative', 'hhs'].includes(recipient),
  ].includes(true);
}
