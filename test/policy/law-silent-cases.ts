/** What the law says where the matrix has no row. Each case names the ground it stands on. */
import type { Category } from '../../src/classify/label.ts';
import type { PolicyQuestion, Recipient } from '../../src/policy/question.ts';
import type { Given } from './shipped.ts';

export interface LawCase {
  readonly name: string;
  readonly asked: readonly [Recipient, Category, string, Given?, PolicyQuestion['action']?];
  readonly effect: 'permit' | 'redact' | 'deny';
  readonly rule: string;
}

const RESTRICTED: Given = { facts: ['restriction-agreed'] };
const DIRECTIVE: Given = { facts: ['restriction-agreed'], consent: 'deny' };
const VA: Given = { labels: ['SUD', 'Title38Section7332'] };

export const LAW_CASES: readonly LawCase[] = [
  // Purposes are exact (rules.json, hl7_purpose_traps).
  {
    name: 'an emergency purpose is not treatment use of notes by their originator',
    asked: ['originator', 'psychotherapy-notes', 'ETREAT'],
    effect: 'deny',
    rule: 'PN-03',
  },
  {
    name: 'break-glass by the originator opens no notes',
    asked: ['originator', 'psychotherapy-notes', 'BTG'],
    effect: 'deny',
    rule: 'PN-03',
  },
  {
    name: 'a decision-support treatment purpose opens no notes',
    asked: ['originator', 'psychotherapy-notes', 'TREATDS'],
    effect: 'deny',
    rule: 'PN-03',
  },
  {
    name: 'machine learning is not training in counseling',
    asked: ['trainee-own-program', 'psychotherapy-notes', 'MLTRAINING', { facts: ['supervised-own-program'] }],
    effect: 'deny',
    rule: 'PN-16',
  },
  {
    name: 'machine learning is no operation that the view covers',
    asked: ['workforce', 'mental-health', 'MLTRAINING'],
    effect: 'deny',
    rule: 'MH-37',
  },
  { name: 'a family request is not a patient request', asked: ['patient', 'mental-health', 'FAMRQT'], effect: 'deny', rule: 'MH-10' },
  // The same people in another class.
  { name: 'an author bills as the workforce does', asked: ['originator', 'mental-health', 'HPAYMT'], effect: 'redact', rule: 'MH-03' },
  {
    name: 'an author does quality work as the workforce does',
    asked: ['originator', 'other', 'HQUALIMP'],
    effect: 'redact',
    rule: 'MH-04',
  },
  {
    name: 'an author breaks the glass on a record partly her own',
    asked: ['originator', 'mental-health', 'BTG'],
    effect: 'permit',
    rule: 'MH-06',
  },
  {
    name: 'a supervised trainee treats as the workforce does',
    asked: ['trainee-own-program', 'mental-health', 'TREAT', { facts: ['supervised-own-program'] }],
    effect: 'permit',
    rule: 'MH-02',
  },
  { name: 'a nurse in an emergency', asked: ['workforce', 'mental-health', 'ETREAT'], effect: 'permit', rule: 'MH-06' },
  {
    name: 'care management between providers',
    asked: ['other-treating-provider', 'mental-health', 'CAREMGT'],
    effect: 'permit',
    rule: 'MH-01',
  },
  {
    name: 'payment activities of another covered entity',
    asked: ['other-covered-entity', 'other', 'HPAYMT'],
    effect: 'redact',
    rule: 'MH-03',
  },
  { name: 'a coverage authorization by the plan', asked: ['payer', 'mental-health', 'COVAUTH'], effect: 'redact', rule: 'MH-03' },
  {
    name: 'the plan does quality work on its members',
    asked: ['payer', 'mental-health', 'HQUALIMP', { facts: ['shared-relationship'] }],
    effect: 'redact',
    rule: 'MH-05',
  },
  { name: 'the plan does quality work on strangers', asked: ['payer', 'mental-health', 'HQUALIMP'], effect: 'deny', rule: 'MH-05' },
  { name: 'marketing without authorization', asked: ['workforce', 'other', 'HMARKT'], effect: 'deny', rule: 'MH-37' },
  {
    name: 'an authorization reaches any recipient that it names',
    asked: ['business-associate', 'mental-health', 'HMARKT', { authorizations: ['hipaa-508'] }],
    effect: 'permit',
    rule: 'MH-37',
  },
  // Threat (164.512(j)): what opens notes opens what is less protected.
  {
    name: 'the target of a threat is told what helps',
    asked: ['third-party', 'mental-health', 'THREAT', { attestations: ['PN-14'] }],
    effect: 'redact',
    rule: 'MH-28',
  },
  { name: 'the target of a threat without attestation', asked: ['third-party', 'mental-health', 'THREAT'], effect: 'deny', rule: 'MH-37' },
  {
    name: 'an attested threat is not a purpose for research',
    asked: ['researcher', 'psychotherapy-notes', 'HRESCH', { attestations: ['PN-14'] }],
    effect: 'deny',
    rule: 'PN-20',
  },
  {
    name: 'an attested threat does not open notes for treatment',
    asked: ['other-treating-provider', 'psychotherapy-notes', 'TREAT', { attestations: ['PN-14'] }],
    effect: 'deny',
    rule: 'PN-04',
  },
  {
    name: 'Part 2 has no threat permission',
    asked: ['third-party', 'sud', 'THREAT', { attestations: ['PN-14'] }],
    effect: 'deny',
    rule: 'SU-01',
  },
  // Restrictions (164.522(a)).
  {
    name: 'a directive does not close the record to the patient',
    asked: ['patient', 'mental-health', 'PATRQT', DIRECTIVE],
    effect: 'permit',
    rule: 'MH-10',
  },
  {
    name: 'a directive does not close Part 2 records to the patient',
    asked: ['patient', 'sud', 'PATRQT', DIRECTIVE],
    effect: 'permit',
    rule: 'SU-17',
  },
  {
    name: 'a directive does not stop HHS',
    asked: ['hhs', 'mental-health', 'HCOMPL', { ...DIRECTIVE, attestations: ['MH-29'] }],
    effect: 'permit',
    rule: 'MH-29',
  },
  {
    name: 'a directive does not stop what the law requires of notes',
    asked: ['court', 'psychotherapy-notes', 'HLEGAL', { ...DIRECTIVE, attestations: ['PN-11'] }],
    effect: 'permit',
    rule: 'PN-11',
  },
  {
    name: 'a restriction is not effective against public health (522(a)(1)(v))',
    asked: ['public-health', 'mental-health', 'PUBHLTH', { ...RESTRICTED, attestations: ['MH-19'] }],
    effect: 'redact',
    rule: 'MH-19',
  },
  {
    name: 'a restriction is not effective against research under a waiver (522(a)(1)(v))',
    asked: ['researcher', 'other', 'HRESCH', { ...RESTRICTED, attestations: ['MH-17'] }],
    effect: 'redact',
    rule: 'MH-17',
  },
  {
    name: 'a restriction does not stop a warning of a threat (522(a)(1)(v))',
    asked: ['family-friend', 'mental-health', 'FAMRQT', { ...RESTRICTED, attestations: ['PN-14'] }],
    effect: 'redact',
    rule: 'MH-28',
  },
  { name: 'a restriction stops billing', asked: ['workforce', 'mental-health', 'HPAYMT', RESTRICTED], effect: 'deny', rule: 'MH-33' },
  { name: 'a restriction stops operations', asked: ['business-associate', 'other', 'HOPERAT', RESTRICTED], effect: 'deny', rule: 'MH-33' },
  {
    name: 'a restriction stops involvement of family',
    asked: ['family-friend', 'other', 'FAMRQT', { ...RESTRICTED, attestations: ['MH-07'] }],
    effect: 'deny',
    rule: 'MH-33',
  },
  {
    name: 'a directive closes what an older authorization opened',
    asked: ['third-party', 'mental-health', 'HRESCH', { ...DIRECTIVE, authorizations: ['hipaa-508'] }],
    effect: 'deny',
    rule: 'MH-33',
  },
  {
    name: 'a vote of deny alone restricts',
    asked: ['other-treating-provider', 'mental-health', 'TREAT', { consent: 'deny' }],
    effect: 'deny',
    rule: 'MH-33',
  },
  {
    name: 'a restriction inside a Part 2 program',
    asked: ['workforce', 'sud', 'TREAT', { facts: ['restriction-agreed', 'same-part2-program'] }],
    effect: 'deny',
    rule: 'MH-33',
  },
  {
    name: 'a restriction on counseling notes binds their originator',
    asked: ['originator', 'sud-counseling-notes', 'TREAT', RESTRICTED],
    effect: 'deny',
    rule: 'MH-33',
  },
  { name: 'a restriction yields to an emergency', asked: ['workforce', 'other', 'BTG', DIRECTIVE], effect: 'permit', rule: 'MH-06' },
  // Self-pay reaches payment and operations of the plan, whatever the code below them.
  {
    name: 'self-pay under an operations purpose',
    asked: ['payer', 'mental-health', 'FRAUD', { facts: ['self-pay', 'shared-relationship'] }],
    effect: 'deny',
    rule: 'MH-34',
  },
  {
    name: 'self-pay does not reach treatment',
    asked: ['other-treating-provider', 'mental-health', 'TREAT', { facts: ['self-pay'] }],
    effect: 'permit',
    rule: 'MH-01',
  },
  {
    name: 'self-pay even under a Part 2 consent',
    asked: ['payer', 'sud', 'HPAYMT', { facts: ['self-pay'], authorizations: ['part2-2.31-tpo'] }],
    effect: 'deny',
    rule: 'SU-20',
  },
  // Representatives and parents.
  {
    name: 'a parent under 502(g)(5)',
    asked: ['parent-of-minor', 'mental-health', 'FAMRQT', { facts: ['minor', 'endangerment-502g5'] }],
    effect: 'deny',
    rule: 'MH-14',
  },
  {
    name: 'the parent of a minor, with the originator’s release',
    asked: ['parent-of-minor', 'psychotherapy-notes', 'FAMRQT', { facts: ['minor'], attestations: ['PN-18'] }],
    effect: 'permit',
    rule: 'PN-18',
  },
  {
    name: 'that release does not reach what the minor consented to',
    asked: ['parent-of-minor', 'psychotherapy-notes', 'FAMRQT', { facts: ['minor', 'minor-consented'], attestations: ['PN-18'] }],
    effect: 'deny',
    rule: 'PN-18',
  },
  {
    name: 'denied access reaches Part 2 records',
    asked: ['patient', 'sud', 'PATRQT', { facts: ['access-denied-524'] }],
    effect: 'deny',
    rule: 'MH-11',
  },
  {
    name: 'the originator’s release to the patient does not serve a representative',
    asked: ['personal-representative', 'psychotherapy-notes', 'PWATRNY', { attestations: ['MH-13', 'PN-17'] }],
    effect: 'deny',
    rule: 'PN-18',
  },
  // Part 2.
  {
    name: 'emergency treatment within the program',
    asked: ['workforce', 'sud', 'ETREAT', { facts: ['same-part2-program'] }],
    effect: 'permit',
    rule: 'SU-06',
  },
  {
    name: 'operations under a TPO consent have a view',
    asked: ['workforce', 'sud', 'HOPERAT', { authorizations: ['part2-2.31-tpo'] }],
    effect: 'redact',
    rule: 'SU-01',
  },
  {
    name: 'a TPO consent is not for research',
    asked: ['researcher', 'sud', 'HRESCH', { authorizations: ['part2-2.31-tpo'] }],
    effect: 'deny',
    rule: 'SU-09',
  },
  {
    name: 'an ordinary Part 2 consent is not for law enforcement',
    asked: ['law-enforcement', 'sud', 'HLEGAL', { authorizations: ['part2-2.31'] }],
    effect: 'deny',
    rule: 'SU-12',
  },
  {
    name: 'a consent to counseling notes is not for a court',
    asked: ['court', 'sud-counseling-notes', 'HLEGAL', { authorizations: ['part2-2.31b-scn'] }],
    effect: 'deny',
    rule: 'SC-06',
  },
  {
    name: 'a Part 2 consent does not open VA records',
    asked: ['other-treating-provider', 'sud', 'TREAT', { ...VA, authorizations: ['part2-2.31-tpo'] }],
    effect: 'deny',
    rule: 'SU-32',
  },
  {
    name: 'a VA consent opens VA records',
    asked: ['other-treating-provider', 'sud', 'TREAT', { ...VA, authorizations: ['va-7332'] }],
    effect: 'permit',
    rule: 'SU-32',
  },
  {
    name: 'a VA consent does not open Part 2 records',
    asked: ['other-treating-provider', 'sud', 'TREAT', { labels: ['42CFRPart2'], authorizations: ['va-7332'] }],
    effect: 'deny',
    rule: 'SU-01',
  },
  {
    name: 'a record under both laws needs both consents',
    asked: ['other-treating-provider', 'sud', 'TREAT', { labels: ['42CFRPart2', 'Title38Section7332'], authorizations: ['va-7332'] }],
    effect: 'deny',
    rule: 'SU-01',
  },
  {
    name: 'a record under both laws with both consents',
    asked: [
      'other-treating-provider',
      'sud',
      'TREAT',
      { labels: ['42CFRPart2', 'Title38Section7332'], authorizations: ['va-7332', 'part2-2.31'] },
    ],
    effect: 'permit',
    rule: 'SU-01',
  },
  // Writes.
  {
    name: 'a treating provider creates',
    asked: ['other-treating-provider', 'mental-health', 'TREAT', {}, 'create'],
    effect: 'permit',
    rule: 'WR-01',
  },
  ...(['originator', 'other-treating-provider', 'workforce', 'trainee-own-program'] as const).map(
    (recipient): LawCase => ({
      name: `${recipient} updates`,
      asked: [recipient, 'other', 'TREAT', {}, 'update'],
      effect: 'permit',
      rule: 'WR-01',
    }),
  ),
  ...(['originator', 'other-treating-provider', 'trainee-own-program'] as const).map(
    (recipient): LawCase => ({
      name: `${recipient} of the program writes`,
      asked: [recipient, 'sud', 'TREAT', { facts: ['same-part2-program'] }, 'update'],
      effect: 'permit',
      rule: 'WR-04',
    }),
  ),
  ...(['psychotherapy-notes', 'sud-counseling-notes'] as const).flatMap((category) =>
    (['create', 'delete'] as const).map(
      (action): LawCase => ({
        name: `notes are not for operations: ${action} ${category}`,
        asked: ['originator', category, 'HOPERAT', {}, action],
        effect: 'deny',
        rule: 'WR-00',
      }),
    ),
  ),
  {
    name: 'an originator creates notes',
    asked: ['originator', 'psychotherapy-notes', 'TREAT', {}, 'create'],
    effect: 'permit',
    rule: 'WR-03',
  },
  {
    name: 'an originator creates counseling notes',
    asked: ['originator', 'sud-counseling-notes', 'TREAT', {}, 'create'],
    effect: 'permit',
    rule: 'WR-05',
  },
  {
    name: 'an author deletes for treatment only',
    asked: ['originator', 'mental-health', 'HOPERAT', {}, 'delete'],
    effect: 'deny',
    rule: 'WR-00',
  },
  { name: 'a payer creates nothing', asked: ['payer', 'other', 'HPAYMT', {}, 'create'], effect: 'deny', rule: 'WR-00' },
  { name: 'only authors delete', asked: ['workforce', 'other', 'TREAT', {}, 'delete'], effect: 'deny', rule: 'WR-00' },
  { name: 'an author deletes', asked: ['originator', 'other', 'TREAT', {}, 'delete'], effect: 'permit', rule: 'WR-02' },
  {
    name: 'an originator updates notes',
    asked: ['originator', 'psychotherapy-notes', 'TREAT', {}, 'update'],
    effect: 'permit',
    rule: 'WR-03',
  },
  {
    name: 'a colleague does not update notes, even with an authorization',
    asked: ['other-treating-provider', 'psychotherapy-notes', 'TREAT', { authorizations: ['hipaa-508-psychotherapy-notes'] }, 'update'],
    effect: 'deny',
    rule: 'WR-00',
  },
  {
    name: 'outsiders do not write Part 2 records',
    asked: ['other-treating-provider', 'sud', 'TREAT', { authorizations: ['part2-2.31-tpo'] }, 'create'],
    effect: 'deny',
    rule: 'WR-00',
  },
  {
    name: 'a mandate reads, it does not write',
    asked: ['hhs', 'other', 'HCOMPL', { attestations: ['MH-29'] }, 'update'],
    effect: 'deny',
    rule: 'WR-00',
  },
  {
    name: 'the program writes its own records',
    asked: ['workforce', 'sud', 'TREAT', { facts: ['same-part2-program'] }, 'create'],
    effect: 'permit',
    rule: 'WR-04',
  },
  {
    name: 'an originator removes counseling notes',
    asked: ['originator', 'sud-counseling-notes', 'TREAT', {}, 'delete'],
    effect: 'permit',
    rule: 'WR-05',
  },
  {
    name: 'a patient adds to the own record',
    asked: ['patient', 'mental-health', 'PATRQT', {}, 'create'],
    effect: 'permit',
    rule: 'WR-06',
  },
  { name: 'a patient changes nothing', asked: ['patient', 'other', 'PATRQT', {}, 'update'], effect: 'deny', rule: 'WR-00' },
  { name: 'a patient writes no Part 2 record', asked: ['patient', 'sud', 'PATRQT', {}, 'create'], effect: 'deny', rule: 'WR-00' },
  {
    name: 'a representative adds to the record',
    asked: ['personal-representative', 'other', 'PWATRNY', { attestations: ['MH-13'] }, 'create'],
    effect: 'permit',
    rule: 'WR-06',
  },
  {
    name: 'whose authority is not attested adds nothing',
    asked: ['personal-representative', 'other', 'PWATRNY', {}, 'create'],
    effect: 'deny',
    rule: 'WR-00',
  },
  ...(['workforce', 'business-associate'] as const).flatMap((recipient) =>
    (['create', 'update'] as const).map(
      (action): LawCase => ({
        name: `billing writes: ${recipient} ${action}`,
        asked: [recipient, 'other', 'HPAYMT', {}, action],
        effect: 'permit',
        rule: 'WR-07',
      }),
    ),
  ),
  { name: 'billing deletes nothing', asked: ['workforce', 'other', 'HPAYMT', {}, 'delete'], effect: 'deny', rule: 'WR-00' },
  { name: 'billing writes no Part 2 record', asked: ['workforce', 'sud', 'HPAYMT', {}, 'create'], effect: 'deny', rule: 'WR-00' },
  {
    name: 'hosting of what can not be read',
    asked: ['business-associate', 'other', 'HSYSADMIN', { facts: ['content-opaque'] }],
    effect: 'permit',
    rule: 'MH-04',
  },
  { name: 'system administration that can read', asked: ['business-associate', 'other', 'HSYSADMIN'], effect: 'deny', rule: 'MH-37' },
  {
    name: 'in-house billing under a TPO consent has a view',
    asked: ['workforce', 'sud', 'HPAYMT', { authorizations: ['part2-2.31-tpo'] }],
    effect: 'redact',
    rule: 'SU-01',
  },
];
