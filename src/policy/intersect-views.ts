/** Several views on one disclosure: only what every one of them keeps (45 CFR 164.502(b), minimum necessary). */
import type { View } from './question.ts';

type Kept = View['elements'][string];

/**
 * @param views at least one
 * @returns a view of the resource types that all of them list, with the elements that all of them keep
 */
export function intersectViews(views: readonly View[]): View {
  const [first, ...others] = views;
  if (first === undefined) throw new RangeError('no view to intersect');
  return others.reduce(intersect, first);
}

function intersect(a: View, b: View): View {
  if (a.id === b.id) return a;
  const elements: [string, Kept][] = [];
  for (const [type, kept] of Object.entries(a.elements)) {
    const other = Object.hasOwn(b.elements, type) ? b.elements[type] : undefined;
    if (other !== undefined) elements.push([type, both(kept, other)]);
  }
  return { id: `${a.id}+${b.id}`, citation: `${a.citation}; ${b.citation}`, elements: Object.fromEntries(elements) };
}

function both(a: Kept, b: Kept): Kept {
  if (a === '*') return b;
  return b === '*' ? a : a.filter((element) => b.includes(element));
}
