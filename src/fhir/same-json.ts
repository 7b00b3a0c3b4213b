/** Whether two pieces of JSON are the same: objects whatever the order of their names, arrays in order (RFC 8259). */
import type { Json } from './resource.ts';

export function sameJson(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  const [left, right] = [one as Record<string, Json>, other as Record<string, Json>];
  return names.every((name) => Object.hasOwn(right, name) && sameJson(left[name], right[name]));
}
