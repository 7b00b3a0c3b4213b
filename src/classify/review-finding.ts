/**
 * What a reviewer settled about a resource (45 CFR 164.501: no code proves a psychotherapy note, a person does) and what that
 * makes of its labels. That it is a note holds for every version; that it is none, for the version that was reviewed.
 */
import { ACT_CODE } from '../fhir/codes.ts';
import type { Resource } from '../fhir/resource.ts';
import { classifyResource } from './classify-resource.ts';
import type { ClassifyContext, ClassifyRules, LabeledResource } from './label.ts';

export interface ReviewFinding {
  /** `DocumentReference/d1`. */
  readonly reference: string;
  /** Of the review: `psychotherapy-note-candidate`. */
  readonly kind: string;
  readonly outcome: string;
  /** Version of the resource that was reviewed; absent: not known. */
  readonly versionId?: string;
}

/** By reference. */
export type ReviewFindings = ReadonlyMap<string, readonly ReviewFinding[]>;

const CANDIDATE = 'psychotherapy-note-candidate';
export const IS_NOTE = 'psychotherapy-note';

/** `classifyResource` with what reviewers said. */
export function classifyReviewed(
  resource: Resource,
  context: ClassifyContext,
  rules: ClassifyRules,
  findings: ReviewFindings,
): LabeledResource {
  const reference = `${resource.resourceType}/${resource.id ?? ''}`;
  const standing = (findings.get(reference) ?? []).filter((finding) => stands(finding, resource));
  if (standing.length === 0) return classifyResource(resource, context, rules);
  const codes = standing.filter(({ kind }) => kind === CANDIDATE).map(({ outcome }) => (outcome === IS_NOTE ? 'PSYTHPN' : 'MH'));
  const labels = codes.map((code) => ({ system: ACT_CODE, code, evidence: [] }));
  const inherited = [...(context.inherited ?? []), { reference, rule: 'review' as const, labels }];
  const labeled = classifyResource(resource, { ...context, inherited }, rules);
  const settled = new Set(standing.map(({ kind }) => kind));
  return {
    ...labeled,
    candidate: labeled.candidate && !settled.has(CANDIDATE),
    reviews: labeled.reviews.filter((kind) => !settled.has(kind)),
  };
}

function stands({ kind, outcome, versionId }: ReviewFinding, { meta }: Resource): boolean {
  return (kind === CANDIDATE && outcome === IS_NOTE) || versionId === meta?.versionId;
}
