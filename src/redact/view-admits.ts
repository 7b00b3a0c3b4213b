/** Whether a minimum-necessary view gives resources of a type at all (45 CFR 164.514(d)); what it does not list, it withholds. */
import type { View } from '../policy/question.ts';

export function viewAdmits(view: View, resourceType: string): boolean {
  return Object.hasOwn(view.elements, resourceType);
}
