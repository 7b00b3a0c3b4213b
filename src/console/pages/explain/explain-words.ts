/** What an explanation says, in words: steps of the trace, changes, reasons. Facts and authorizations: src/policy/policy-words.ts. */
import { PURPOSE_DISPLAYS } from '../../../consent/describe-code.ts';
import type { AuthorizationType } from '../../../consent/vote.ts';
import type { Change } from '../../../decide/explain-changes.ts';
import type { Difference, Explanation, UnheardConsent } from '../../../decide/explanation.ts';
import type { Hold } from '../../../decide/holds-of.ts';
import { AUTHORIZATION_WORDS, FACT_WORDS, OBLIGATION_WORDS } from '../../../policy/policy-words.ts';
import type { Fact } from '../../../policy/question.ts';
import { labelName, plural } from '../../words.ts';
import type { AttestationChoice } from './use-choices.ts';

export type Why = NonNullable<Difference['why']>;

const WHY: Readonly<Record<Why, readonly [short: string, long: string, counted: string]>> = {
  label: ['Label not permitted', 'for a label', 'part'],
  view: ['Not needed for this purpose', 'not needed for this purpose', 'part'],
  narrative: ['Narrative that would tell it', 'that would tell it', 'narrative'],
  reference: ['Points to a record that is not theirs to see', 'to a record that is not theirs to see', 'reference'],
  follows: ['Can not stand without what was withheld', 'that can not stand without the rest', 'part'],
};

/** What matters most first. */
const WHYS = Object.keys(WHY) as readonly Why[];

/** What HL7's names read badly as, in the middle of a sentence. */
const SAID: Readonly<Record<string, string>> = {
  BTG: 'breaking the glass',
  ETREAT: 'emergency treatment',
  FAMRQT: 'a family member’s request',
  GOV: 'a duty of the government',
  HDECD: 'a duty about the dead',
  HLEGAL: 'a legal proceeding',
  HMARKT: 'marketing',
  PATRQT: 'the patient’s own request',
  PWATRNY: 'acting under a power of attorney',
  THREAT: 'averting a threat',
};

const UNHEARD: Readonly<Record<UnheardConsent['reason'], string>> = {
  'not-active': 'is not active',
  'not-in-period': 'is not in force at this time',
  'another-patient': 'is about another patient',
  'grantor-not-accepted': 'was given by somebody who may not',
  defective: 'is not valid: it lacks what the law asks for',
  'out-of-reach': 'is valid, but for others, other purposes or other data',
};

const AUTHORIZATION_CITATIONS: Readonly<Record<AuthorizationType, string>> = {
  'hipaa-508': '45 CFR 164.508(c)',
  'hipaa-508-psychotherapy-notes': '45 CFR 164.508(a)(2), (b)(3)(ii)',
  'part2-2.31': '42 CFR 2.31',
  'part2-2.31-tpo': '42 CFR 2.31(a)(4)',
  'part2-2.31b-scn': '42 CFR 2.31(b)',
  'part2-2.31d': '42 CFR 2.31(d)',
  'va-7332': '38 USC 7332',
  'state-written-consent': '',
};

/** Where a label comes from. */
const SOURCES: Readonly<Record<string, string>> = {
  declared: 'The record itself declares it',
  derived: 'A code stands on the list',
  contextual: 'Taken over from a related record',
  installation: 'A rule of this installation for psychotherapy notes',
};

/** Of what is derived or taken over, the ways that are no list of codes. */
const RULES: Readonly<Record<string, string>> = {
  'author-profession': 'Its author’s profession says so',
  'consent-provision': 'The consent itself names it',
  encounter: 'Taken over from the visit that it belongs to',
  target: 'Taken over from what it speaks of',
  referrer: 'Taken over from the document that refers to it',
  'current-version': 'Taken over from the version of today',
  review: 'A reviewer found so',
  'part2-program': 'It comes from a Part 2 program of this installation',
};

/** What the gateway holds back beside the policies; no set of theirs says it. */
const HOLDS: Readonly<Record<Hold, string>> = {
  'break-glass-reason': 'Breaking the glass needs a reason, and none was given.',
  'emergency-restriction':
    'The patient restricted it: an emergency overrides that only with a reason, and never where the restriction names emergencies.',
  'research-refused': 'The patient refused research, which the law allows without asking but never demands.',
  'psychotherapy-note-candidate':
    'It may be a psychotherapy note: until somebody has said so or not, it is for those who treat, and the patient.',
};

/** `provision` is the rule at the root; an item of it, a rule within. */
export const provisionWords = (provision: string): string =>
  /^(provision)?$/.test(provision) ? 'its general rule' : `its rule ${provision}`;
/** @returns nothing for a rule of policies */
export const holdWords = (id: string): string | undefined => (Object.hasOwn(HOLDS, id) ? HOLDS[id as Hold] : undefined);
export const whyShort = (why: Difference['why']): string => (why === undefined ? 'Withheld' : WHY[why][0]);
export const unheardWords = (reason: UnheardConsent['reason']): string => UNHEARD[reason];
/** Where a label comes from, with the list that it was found on. */
export const sourceWords = (source: string, rule: string): string =>
  RULES[rule] ?? `${SOURCES[source] ?? source}${source === 'declared' ? '' : `: ${rule}`}`;
export const obligationWords = (code: string): string => sentence(OBLIGATION_WORDS.get(code) ?? code);
export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
export { plural };

/** In the middle of a sentence. */
export function purposeWords(code: string): string {
  return SAID[code] ?? PURPOSE_DISPLAYS.get(code) ?? code;
}

/** By the names that HL7 gives them. */
export const PURPOSES: readonly { readonly value: string; readonly label: string }[] = [...PURPOSE_DISPLAYS]
  .map(([value, display]) => ({ value, label: `${sentence(display)} (${value})` }))
  .sort((one, other) => one.label.localeCompare(other.label));

export interface ChangeWords {
  readonly text: string;
  readonly citation: string;
}

export function changeWords({ kind, value, how }: Change, attestations: readonly AttestationChoice[]): ChangeWords {
  switch (kind) {
    case 'authorization': {
      const known = Object.hasOwn(AUTHORIZATION_WORDS, value) ? (value as AuthorizationType) : undefined;
      if (known === undefined) return { text: `${sentence(value)} were on file`, citation: '' };
      return { text: `the patient signed ${AUTHORIZATION_WORDS[known]}`, citation: AUTHORIZATION_CITATIONS[known] };
    }
    case 'attestation': {
      const found = attestations.find((one) => one.kind === value);
      return { text: `${found === undefined ? value : `“${found.title}” (${value})`} were attested`, citation: found?.citation ?? '' };
    }
    case 'purpose':
      return { text: `the purpose were ${purposeWords(value)} (${value})`, citation: '' };
    case 'directive':
      return { text: 'the patient took back the directive that denies it', citation: '45 CFR 164.522(a)(2)' };
    default: {
      const fact = Object.hasOwn(FACT_WORDS, value) ? FACT_WORDS[value as Fact] : value;
      return { text: how === 'with' ? `it were so that ${fact}` : `it were not so that ${fact}`, citation: '' };
    }
  }
}

/** What the requester gets of it. */
export function shownEffect({ effect, sides }: Explanation): 'permit' | 'redact' | 'withhold' {
  const whole = sides?.released !== undefined && !sides.differences.some(({ change }) => change === 'removed');
  return effect === 'redact' && whole ? 'permit' : effect;
}

export function removedParts({ sides }: Explanation): readonly Difference[] {
  return (sides?.differences ?? []).filter(({ change }) => change === 'removed');
}

/** `1 part for a label (HIV/AIDS), 2 parts not needed for this purpose`. */
export function partsWords(explanation: Explanation): string {
  const counts = Map.groupBy(removedParts(explanation), ({ why = 'follows' }) => why);
  const names = [...new Set(explanation.labels.filter(({ on }) => on !== 'resource').map(({ code }) => labelName(code)))];
  return WHYS.flatMap((why) => (counts.has(why) ? [[why, counts.get(why) ?? []] as const] : []))
    .map(
      ([why, some]) =>
        `${plural(some.length, WHY[why][2])} ${WHY[why][1]}${why === 'label' && names.length > 0 ? ` (${names.join(', ')})` : ''}`,
    )
    .join(', ');
}
