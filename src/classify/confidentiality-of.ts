/** Confidentiality of a labelled resource (design.md 4.1 point 4; v3-Confidentiality): declared, else `R` where sensitive, else `N`. */
import { CONFIDENTIALITY, CONFIDENTIALITY_ORDER, type Confidentiality } from '../fhir/codes.ts';
import type { Path, Resource } from '../fhir/resource.ts';
import type { PlacedLabel } from './assemble-parts.ts';
import { isProtected } from './categories-of.ts';

const rank = (code: string): number => (CONFIDENTIALITY_ORDER as readonly string[]).indexOf(code);

/** In a Bundle each entry is its own document: its declaration covers itself. Elsewhere the resource's covers all. */
function scopeOf(resource: Resource, about: Path): string {
  return (resource.resourceType === 'Bundle' || resource.resourceType === 'Parameters') && about.length > 1
    ? `${about[0]}/${about[1]}`
    : '';
}

/** The high-water mark: the highest declared, and `R` for sensitive matter beside which nothing is declared. */
export function confidentialityOf(resource: Resource, placed: readonly PlacedLabel[]): Confidentiality {
  if (placed.length === 0) return 'N';
  let highest = -1;
  const covered = new Set<string>();
  for (const label of placed) {
    if (label.system !== CONFIDENTIALITY || rank(label.code) < 0) continue;
    highest = Math.max(highest, rank(label.code));
    covered.add(scopeOf(resource, label.about));
  }
  const uncovered = placed.some((label) => isProtected(label) && !covered.has(scopeOf(resource, label.about)));
  if (uncovered) highest = Math.max(highest, rank('R'));
  return CONFIDENTIALITY_ORDER[highest] ?? 'N';
}
