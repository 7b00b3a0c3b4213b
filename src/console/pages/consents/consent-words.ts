/** States of a Consent, what it puts before the law, who gave it: in words, with what each means. */
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconClock,
  IconHourglassEmpty,
  IconInfoCircle,
  IconUserQuestion,
  type TablerIcon,
} from '@tabler/icons-react';
import type { ConsentState, DescribedConsent } from '../../../consent/describe-consent.ts';
import type { Tone } from '../../components/badge.tsx';

export interface StateWords {
  readonly word: string;
  readonly tone: Tone;
  readonly icon: TablerIcon;
}

const STATES: Readonly<Record<ConsentState, StateWords>> = {
  'in-force': { word: 'In force', tone: 'given', icon: IconCheck },
  'not-started': { word: 'Begins later', tone: 'partial', icon: IconClock },
  ended: { word: 'Ended', tone: 'quiet', icon: IconHourglassEmpty },
  revoked: { word: 'Revoked', tone: 'quiet', icon: IconBan },
  'not-active': { word: 'Not active', tone: 'quiet', icon: IconInfoCircle },
  'not-accepted': { word: 'Not accepted', tone: 'withheld', icon: IconUserQuestion },
  'another-patient': { word: 'For another patient', tone: 'withheld', icon: IconAlertTriangle },
  unreadable: { word: 'Can not be read', tone: 'withheld', icon: IconAlertTriangle },
  void: { word: 'Void', tone: 'withheld', icon: IconBan },
  'no-say': { word: 'Has no say', tone: 'quiet', icon: IconInfoCircle },
};

/** What no longer counts; nobody needs to act on it. */
const PAST: ReadonlySet<ConsentState> = new Set(['ended', 'revoked', 'not-active']);

const KINDS: Readonly<Record<DescribedConsent['kind'], string>> = {
  directive: 'The patient’s directive',
  authorization: 'Authorization',
  other: 'Another consent',
};

const LAWS: Readonly<Record<string, string>> = { hipaa: 'HIPAA', part2: '42 CFR Part 2', 'va-7332': '38 USC 7332' };

const PRODUCED: Readonly<Record<string, readonly [text: string, citation: string]>> = {
  'restriction-agreed': ['A restriction of what the law would let others see', '45 CFR 164.522(a)'],
  'hipaa-508': ['A HIPAA authorization', '45 CFR 164.508'],
  'hipaa-508-psychotherapy-notes': ['A HIPAA authorization of psychotherapy notes', '45 CFR 164.508(a)(2)'],
  'part2-2.31': ['A written consent for substance use disorder records', '42 CFR 2.31'],
  'part2-2.31-tpo': ['A written consent for treatment, payment and operations', '42 CFR 2.31(a)(4)'],
  'part2-2.31b-scn': ['A written consent for SUD counseling notes', '42 CFR 2.31(b)'],
  'part2-2.31d': ['A written consent for use in proceedings', '42 CFR 2.31(d)'],
  'va-7332': ['A consent for records of the Department of Veterans Affairs', '38 USC 7332'],
  'state-written-consent': ['The written consent of a state', ''],
};

const GRANTORS: Readonly<Record<DescribedConsent['grantor'], string | undefined>> = {
  patient: 'the patient',
  representative: 'a representative with authority on file',
  nobody: undefined,
  'not-accepted': 'somebody who may not',
};

/** In effect now, or to be. One that can not be read denies everything until it is mended. */
const EFFECTIVE: ReadonlySet<ConsentState> = new Set(['in-force', 'not-started', 'unreadable']);

export const isIdle = ({ state }: DescribedConsent): boolean => !EFFECTIVE.has(state);
/** Before the words of a Consent that has no effect. */
export function saidWords(consent: DescribedConsent): string | undefined {
  if (!isIdle(consent)) return undefined;
  return isPast(consent) ? 'It said:' : 'It says, without effect:';
}
export const stateWords = (state: ConsentState): StateWords => STATES[state];
export const isPast = ({ state }: DescribedConsent): boolean => PAST.has(state);
/** What is past can't be taken back any more. */
export const isRevocable = (consent: DescribedConsent): boolean => !isPast(consent);
export const grantorName = ({ grantor }: DescribedConsent): string | undefined => GRANTORS[grantor];

/** `HIPAA authorization`, `The patient’s directive`. */
export function kindName({ kind, authorization }: DescribedConsent): string {
  const laws = authorization?.laws.map((law) => LAWS[law] ?? law) ?? [];
  return laws.length === 0 ? KINDS[kind] : `${laws.join(' and ')} authorization`;
}

export function producedWords(code: string): readonly [text: string, citation: string] {
  return PRODUCED[code] ?? [code, ''];
}

/** `From 2026-05-05 until 2027-05-05`. */
export function periodWords({ period }: DescribedConsent): string {
  return period === undefined ? 'Without an end' : sentence(/\buntil\b/.test(period) ? period : `${period}, without an end`);
}

export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
export { plural } from '../../words.ts';
/** Of an address: `maria` and `Patient/maria` alike. */
export function patientReference(text: string): string | undefined {
  const id = text.trim().replace(/^Patient\//, '');
  return /^[A-Za-z0-9.-]{1,64}$/.test(id) ? `Patient/${id}` : undefined;
}
