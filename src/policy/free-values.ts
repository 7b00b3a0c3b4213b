/**
 * Hours and weekdays at which a policy set could answer differently: its own constants and one beside each (issue of
 * administration, point 2), so that a rule about the night is seen although the matrix stands at noon.
 */
import type { PolicySet } from './policy-set.ts';
import { readsOf } from './reads-of.ts';

export interface FreeValues {
  readonly hour: number;
  readonly weekday: number;
}

const NOON: FreeValues = { hour: 12, weekday: 3 };

/** @returns noon on a Wednesday first */
export function freeValues({ statements }: Pick<PolicySet, 'statements'>): readonly FreeValues[] {
  const reads = readsOf(statements);
  const constants = [...new Set(statements.flatMap(({ conditions }) => numbersIn(conditions)))];
  const beside = (limit: number) => [...new Set(constants.flatMap((n) => [n - 1, n, n + 1]))].filter((n) => n >= 0 && n <= limit);
  const hours = reads.has('hour') ? [NOON.hour, ...beside(23)] : [NOON.hour];
  const weekdays = reads.has('weekday') ? [NOON.weekday, ...beside(6)] : [NOON.weekday];
  return [...new Set(hours)].flatMap((hour) => [...new Set(weekdays)].map((weekday) => ({ hour, weekday })));
}

function numbersIn(node: unknown): readonly number[] {
  if (typeof node === 'number') return Number.isInteger(node) ? [node] : [];
  if (typeof node !== 'object' || node === null) return [];
  return Object.values(node).flatMap(numbersIn);
}
