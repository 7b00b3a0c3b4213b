/**
 * What the gateway holds back beside the policies, each with its citation: an emergency access without a reason or against a
 * directive that names emergencies (45 CFR 164.522(a)(1)(iii)), research that the patient refused, a psychotherapy note that
 * nobody has confirmed yet (design.md 4.1 and 4.2). A mandate of the law passes all of them.
 */
import type { Vote } from '../consent/vote.ts';
import { purposeAncestors } from '../fhir/label-hierarchy.ts';
import type { Fact, PolicyBasis, Recipient } from '../policy/question.ts';
import type { DecideInput } from './decide-input.ts';

const CITATIONS = {
  'break-glass-reason': '45 CFR 164.312(a)(2)(ii)',
  'emergency-restriction': '45 CFR 164.522(a)(1)(iii)',
  'research-refused': '45 CFR 164.522(a)(1)(iii)',
  'psychotherapy-note-candidate': '45 CFR 164.501',
} as const;

const EMERGENCY: readonly string[] = ['ETREAT', 'BTG'];
/** Until reviewed, a candidate is for those who treat and for the patient (design.md 4.1 point 5). */
const CANDIDATE_RELEASE: readonly Recipient[] = ['originator', 'other-treating-provider', 'patient'];
const HOLD_RELEASE: readonly Recipient[] = ['originator'];

/** As it stands in a recorded basis. */
export type Hold = keyof typeof CITATIONS;
export const HOLDS: ReadonlySet<string> = new Set(Object.keys(CITATIONS));

export interface HeldPart {
  readonly recipient: Recipient;
  readonly vote: Vote | undefined;
  readonly facts: readonly Fact[];
  readonly mandate: boolean;
}

/** @returns nothing where policies alone decide */
export function holdsOf(input: DecideInput, { recipient, vote, facts, mandate }: HeldPart): readonly PolicyBasis[] {
  if (mandate) return [];
  return [...emergencyHolds(input, recipient, vote, facts), ...researchHolds(input, vote), ...candidateHolds(input, recipient)];
}

function hold(policy: Hold): PolicyBasis[] {
  return [{ policy, set: 'privity', citation: CITATIONS[policy], effect: 'forbid' }];
}

/** 164.522(a)(1)(iii): an emergency overrides a restriction only with a reason, and not one that names emergencies. */
function emergencyHolds(input: DecideInput, recipient: Recipient, vote: Vote | undefined, facts: readonly Fact[]): PolicyBasis[] {
  if (recipient === 'patient' || !EMERGENCY.includes(input.requester.purpose)) return [];
  if (input.requester.purpose === 'BTG' && input.requester.breakGlassReason === undefined) return hold('break-glass-reason');
  if (!facts.includes('restriction-agreed')) return [];
  const named = vote?.outcome === 'deny' && vote.deniesEmergency;
  return named || input.requester.breakGlassReason === undefined ? hold('emergency-restriction') : [];
}

/**
 * 164.512(i) lets an entity disclose for research without asking the patient; it never demands it. A patient who did say no
 * to research, and was heard, keeps that (design.md 4.2: only mandates, the patient and emergencies pass a directive).
 */
function researchHolds({ requester: { purpose } }: DecideInput, vote: Vote | undefined): PolicyBasis[] {
  if (vote?.outcome !== 'deny' || ![purpose, ...purposeAncestors(purpose)].includes('HRESCH')) return [];
  return hold('research-refused');
}

function candidateHolds(input: DecideInput, recipient: Recipient): PolicyBasis[] {
  if (!input.labeled.candidate) return [];
  const released = input.settings.candidates === 'hold' ? HOLD_RELEASE : CANDIDATE_RELEASE;
  const nurse = input.settings.candidates !== 'hold' && recipient === 'workforce' && input.requester.purpose === 'TREAT';
  const emergency = EMERGENCY.includes(input.requester.purpose) && recipient === 'other-treating-provider';
  return released.includes(recipient) || nurse || emergency ? [] : hold('psychotherapy-note-candidate');
}
