/**
 * Who the classes of recipients are, for the grid of a patient's Consents: what each asks for (the purposes of their rows in
 * law/matrix.json) and which parties can be of that class.
 */
import type { GridClass } from '../consent/describe-grid.ts';
import { RECIPIENTS, type Recipient } from '../policy/question.ts';

const STAFF = ['Practitioner', 'PractitionerRole', 'Organization', 'CareTeam', 'Group', 'Device'];
const FAMILY = ['RelatedPerson', 'Patient'];

const PURPOSES: Readonly<Record<Recipient, readonly string[]>> = {
  hhs: ['HCOMPL'],
  court: ['HLEGAL'],
  'law-enforcement': ['HLEGAL'],
  'coroner-medical-examiner': ['HDECD'],
  'health-oversight': ['HCOMPL'],
  'public-health': ['PUBHLTH'],
  patient: ['PATRQT'],
  'personal-representative': ['PWATRNY'],
  'parent-of-minor': ['FAMRQT'],
  'family-friend': ['FAMRQT'],
  originator: ['TREAT'],
  'other-treating-provider': ['TREAT', 'ETREAT', 'BTG'],
  'trainee-own-program': ['TRAIN'],
  workforce: ['HPAYMT', 'HOPERAT'],
  payer: ['HPAYMT'],
  'other-covered-entity': ['HPAYMT', 'HOPERAT'],
  'business-associate': ['HSYSADMIN', 'HOPERAT'],
  researcher: ['HRESCH'],
  'third-party': ['HMARKT', 'HLEGAL', 'PATRQT'],
};
const PARTIES: Readonly<Partial<Record<Recipient, readonly string[]>>> = {
  patient: ['Patient'],
  'personal-representative': FAMILY,
  'parent-of-minor': FAMILY,
  'family-friend': FAMILY,
  'third-party': [...STAFF, 'RelatedPerson'],
};

export const GRID_CLASSES: readonly GridClass[] = RECIPIENTS.map((recipient) => ({
  recipient,
  purposes: PURPOSES[recipient],
  parties: PARTIES[recipient] ?? STAFF,
}));
