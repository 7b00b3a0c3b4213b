/**
 * What a security label or a purpose of use is a kind of: HL7's is-a trees of v3-ActCode (policy types) and
 * v3-ActReason (HL7 Terminology, compiled into policies/terminology by scripts/build-terminology.ts).
 * Beware of the trees: BTG is a TREAT, FAMRQT is a PATRQT, and MH, PSY, BH and PSYTHPN are siblings.
 */
import actCode from '../../policies/terminology/act-code-hierarchy.json' with { type: 'json' };
import actReason from '../../policies/terminology/act-reason-hierarchy.json' with { type: 'json' };
import { ACT_REASON } from './codes.ts';

const NONE: readonly string[] = [];

/** All ancestors of every code, nearest first; computed once, so that a look-up costs one. */
function closure(parents: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, readonly string[]> {
  const direct = new Map(Object.entries(parents));
  const ancestors = new Map<string, readonly string[]>();
  for (const code of direct.keys()) {
    const seen = new Set(direct.get(code));
    for (const ancestor of seen) for (const above of direct.get(ancestor) ?? NONE) seen.add(above);
    ancestors.set(code, [...seen]);
  }
  return ancestors;
}

const systems = new Map([
  [actCode.system, closure(actCode.parents)],
  [actReason.system, closure(actReason.parents)],
]);

/**
 * The codes that `code` is a kind of, nearest first, without itself: `ETHUD` -> `SUD`, `SPI`, ….
 * @param system URL of the code system; only v3-ActCode (policy types) and v3-ActReason have a tree here
 * @returns empty for a root, an unknown code and an unknown system
 */
export function ancestorsOf(system: string, code: string): readonly string[] {
  return systems.get(system)?.get(code) ?? NONE;
}

/** The codes that are a kind of `root`, without headings (`_ActInformationSensitivityPolicy`). */
export function codesUnder(system: string, root: string): readonly string[] {
  return [...(systems.get(system) ?? [])].flatMap(([code, ancestors]) => (ancestors.includes(root) && !code.startsWith('_') ? [code] : []));
}

/** The purposes that a v3-ActReason purpose is a kind of: `BTG` -> `ETREAT`, `TREAT`, …. */
export function purposeAncestors(code: string): readonly string[] {
  return ancestorsOf(ACT_REASON, code);
}
