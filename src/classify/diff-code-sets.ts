/** What differs between two versions of a code set: codes and labels, by what they are looked up by, however they are written. */
import { canonicalCode, canonicalSystem } from './canonical-code.ts';

interface Version {
  readonly labels: readonly string[];
  readonly systems: readonly { readonly system: string; readonly codes: readonly string[] }[];
}

interface Changes<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
}

/** As written in the version that has it. */
export interface DiffedCode {
  readonly system: string;
  readonly code: string;
}

export interface CodeSetDiff {
  readonly labels: Changes<string>;
  readonly codes: Changes<DiffedCode>;
}

export function diffCodeSets(before: Version, after: Version): CodeSetDiff {
  const [old, young] = [codesOf(before), codesOf(after)];
  const missing = (from: ReadonlyMap<string, DiffedCode>, others: ReadonlyMap<string, DiffedCode>) =>
    [...from].flatMap(([key, code]) => (others.has(key) ? [] : [code]));
  return {
    labels: {
      added: after.labels.filter((label) => !before.labels.includes(label)),
      removed: before.labels.filter((label) => !after.labels.includes(label)),
    },
    codes: { added: missing(young, old), removed: missing(old, young) },
  };
}

function codesOf({ systems }: Version): ReadonlyMap<string, DiffedCode> {
  return new Map(
    systems.flatMap(({ system, codes }) => {
      const named = canonicalSystem(system);
      return codes.map((code): [string, DiffedCode] => [`${named}|${canonicalCode(named, code)}`, { system, code }]);
    }),
  );
}
