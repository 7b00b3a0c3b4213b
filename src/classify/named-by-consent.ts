/**
 * What a Consent is about: the sensitivities that its provisions name. A consent to give somebody one's substance use records says
 * as much of its patient as the records do (42 CFR 2.12(a)(1)(i)). Not PSYTHPN: no Consent is a psychotherapy note, and who
 * treats must know that an authorization exists.
 */
import { ACT_CODE } from '../fhir/codes.ts';
import type { Coding, Resource } from '../fhir/resource.ts';
import { isProtected, isPsychotherapyNoteLabel } from './categories-of.ts';
import { declaredLabel } from './declared-label.ts';

/** Consent to disclose Part 2 records (v3-ActCode). */
const PART_2_CONSENT = '42CFRPart2CD';
/** As deep as consent evaluation reads provisions. */
const DEPTH = 32;

const NONE: readonly string[] = [];

interface Provision {
  readonly securityLabel?: Coding | readonly Coding[];
  readonly provision?: Provision | readonly Provision[];
}

/** @returns v3-ActCode codes, each once */
export function namedByConsent(resource: Resource): readonly string[] {
  if (resource.resourceType !== 'Consent') return NONE;
  const labels = [...labelsIn(resource as Provision, 0)].map((label) => declaredLabel(label));
  const named = labels.flatMap((label) => (label?.system === ACT_CODE ? [label.code] : []));
  const part2 = JSON.stringify([resource.category, resource.policyRule, resource.regulatoryBasis]).includes(`"${PART_2_CONSENT}"`);
  const codes = new Set([...named, ...(part2 ? ['42CFRPart2'] : [])]);
  return [...codes].filter((code) => {
    const label = { system: ACT_CODE, code };
    return isProtected(label) && !isPsychotherapyNoteLabel(label);
  });
}

function* labelsIn(node: Provision | null, depth: number): Generator<Coding> {
  if (depth > DEPTH || typeof node !== 'object' || node === null) return;
  const { securityLabel, provision } = node;
  for (const label of [securityLabel ?? []].flat()) if (typeof label === 'object' && label !== null) yield label;
  for (const inner of [provision ?? []].flat()) yield* labelsIn(inner, depth + 1);
}
