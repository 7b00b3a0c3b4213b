/** Consents and the words for them: IHE PCF's example Consents, and the demo patients'. */
const TPO = 'for treatment, healthcare payment or healthcare operations';
const NORMAL = `Anyone may see what is of normal confidentiality or less ${TPO}, and nothing else.`;
const ANYTHING = `Anyone may see everything ${TPO}.`;
const CLOSES = ['restriction-agreed'];

export interface Worded {
  readonly state: string;
  readonly produces: readonly string[];
  readonly words: readonly string[];
}

const inForce = (produces: readonly string[], ...words: readonly string[]): Worded => ({ state: 'in-force', produces, words });

/** In the middle of 2024. */
export const PCF: Readonly<Record<string, Worded>> = {
  'consent-advanced-normal': inForce(CLOSES, NORMAL),
  'consent-advanced-normal-break-glass-restricted': inForce(
    CLOSES,
    NORMAL,
    'Also: Group/ex-privilegedUsers may see what is of restricted confidentiality or less for break the glass.',
  ),
  'consent-advanced-normal-focused-psy': inForce(
    CLOSES,
    NORMAL,
    'Also: Practitioner/ex-practitioner may see psychiatry disorder information.',
  ),
  'consent-advanced-normal-focused-psy-or-sdv': inForce(
    CLOSES,
    NORMAL,
    'Also: Practitioner/ex-practitioner may see psychiatry disorder information or sexual assault, abuse, or domestic violence information.',
  ),
  'consent-advanced-normal-focused-restricted': inForce(
    CLOSES,
    NORMAL,
    'Also: Practitioner/ex-practitioner may see what is of restricted confidentiality or less.',
  ),
  'consent-advanced-normal-not-restricted': inForce(
    CLOSES,
    NORMAL,
    'Except: nobody may see what is of restricted confidentiality or more.',
  ),
  'consent-advanced-normal-restricted': inForce(
    CLOSES,
    `Anyone may see what is of normal confidentiality or less or what is of restricted confidentiality or less ${TPO}, and nothing else.`,
  ),
  'consent-basic-ink': inForce([], ANYTHING),
  'consent-basic-reject': inForce(CLOSES, `Nobody may see anything ${TPO}.`),
  'consent-basic-research': inForce([], 'Anyone may see everything for healthcare research.'),
  'consent-basic-treat': inForce([], ANYTHING),
  'consent-basic-treat-infant': { state: 'not-accepted', produces: [], words: [ANYTHING] },
  'consent-expired-treat': { state: 'ended', produces: [], words: [`Anyone may see everything ${TPO} until 2022-12-31.`] },
  'consent-intermediate-authoredby': inForce(
    CLOSES,
    `Anyone may see records that were written by Practitioner/ex-practitioner ${TPO}, and nothing else.`,
  ),
  'consent-intermediate-data': inForce(
    CLOSES,
    `Anyone may see records that are Encounter/ex-encounter, Observation/ex-weight-2, Observation/ex-weight, Observation/ex-bloodPressure, Observation/ex-bloodSugar or Observation/ex-alcoholUse ${TPO}, and nothing else.`,
  ),
  'consent-intermediate-encounter': inForce(
    CLOSES,
    `Anyone may see records that are or relate to Encounter/ex-encounter ${TPO}, and nothing else.`,
  ),
  'consent-intermediate-not-authoredby': inForce(
    CLOSES,
    ANYTHING,
    'Except: nobody may see records that were written by Practitioner/ex-practitioner.',
  ),
  'consent-intermediate-not-data': inForce(CLOSES, ANYTHING, 'Except: nobody may see records that are Observation/ex-alcoholUse.'),
  'consent-intermediate-not-encounter': inForce(
    CLOSES,
    ANYTHING,
    'Except: nobody may see records that are or relate to Encounter/ex-encounter.',
  ),
  'consent-intermediate-not-timeframe': inForce(CLOSES, ANYTHING, 'Except: nobody may see records dated from 2022-01-01 until 2022-12-31.'),
  'consent-intermediate-purpose': inForce(
    [],
    'Organization/ex-org-researcher may see everything for http://example.org/policies/purposeOfUse FooBar.',
  ),
  'consent-intermediate-timeframe': inForce(
    CLOSES,
    `Anyone may see records dated from 2022-01-01 until 2022-12-31 ${TPO}, and nothing else.`,
  ),
  'dissent-intermediate-break-glass': inForce(
    CLOSES,
    'Nobody may see anything for any purpose.',
    'Except: Group/ex-privilegedUsers may see everything for break the glass.',
  ),
};

const LAKESIDE = 'as far as Organization/lakeside-behavioral-health discloses it.';

/** On 2026-11-23, the day of the demo. */
export const DEMO: Readonly<Record<string, Worded>> = {
  'maria-authorization-lindqvist': inForce(
    ['hipaa-508-psychotherapy-notes'],
    `Practitioner/lindqvist may see psychotherapy note information for treatment from 2026-09-24 until 2027-09-24, ${LAKESIDE}`,
  ),
  'james-tpo-consent': inForce(
    ['part2-2.31', 'part2-2.31-tpo'],
    `Organization/lakeside-family-practice may see 42 CFR Part2 records, substance use disorder information, opioid use disorder information or mental health information ${TPO} from 2026-08-15 until 2027-08-15, as far as Organization/riverbend-recovery discloses it.`,
  ),
  'elena-authorization-lapsed': {
    state: 'ended',
    produces: [],
    words: [`Practitioner/lindqvist may see psychotherapy note information for treatment from 2024-12-23 until 2025-06-24, ${LAKESIDE}`],
  },
  'elena-authorization-revoked': {
    state: 'revoked',
    produces: [],
    words: [`Practitioner/lindqvist may see psychotherapy note information for treatment from 2026-05-07 until 2027-05-07, ${LAKESIDE}`],
  },
  'robert-directive': inForce(
    CLOSES,
    'Anyone may see everything for any purpose.',
    'Except: nobody may see HIV/AIDS information for healthcare payment or healthcare research.',
  ),
  'aisha-directive': inForce(CLOSES, 'Anyone may see everything for any purpose.', 'Except: Practitioner/bennett may not see anything.'),
};
