/**
 * Compiles HL7 Terminology's is-a trees (from `hl7.terminology.r4`, CC0) into the compact data that
 * `src/fhir/label-hierarchy.ts` reads: for each code of v3-ActCode's policy types and of v3-ActReason its direct parents.
 * Run `node scripts/build-terminology.ts` after a change of that package; a test holds the output to its source.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Concept {
  readonly code: string;
  readonly property?: readonly { readonly code: string; readonly valueCode?: string }[];
  readonly concept?: readonly Concept[];
}
interface CodeSystem {
  readonly url: string;
  readonly version: string;
  readonly concept: readonly Concept[];
}
export interface Hierarchy {
  readonly _source: string;
  readonly system: string;
  readonly version: string;
  /** Direct parents; a code without any is a root. */
  readonly parents: Readonly<Record<string, readonly string[]>>;
}

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('hl7.terminology.r4/package.json'));

/** HL7 writes a poly-hierarchy: by nesting and by the property `subsumedBy`. */
function parentsOf(system: CodeSystem): Map<string, string[]> {
  const parents = new Map<string, string[]>();
  const walk = (concepts: readonly Concept[], above: string | undefined): void => {
    for (const concept of concepts) {
      const named = (concept.property ?? []).filter((row) => row.code === 'subsumedBy').map((row) => row.valueCode ?? '');
      parents.set(concept.code, [...new Set([...(above === undefined ? [] : [above]), ...named])].sort());
      walk(concept.concept ?? [], concept.code);
    }
  };
  walk(system.concept, undefined);
  return parents;
}

function isUnder(code: string, root: string, parents: ReadonlyMap<string, readonly string[]>): boolean {
  return code === root || (parents.get(code) ?? []).some((parent) => isUnder(parent, root, parents));
}

export function buildHierarchy(name: string, root?: string): Hierarchy {
  const system: CodeSystem = JSON.parse(readFileSync(join(folder, `CodeSystem-v3-${name}.json`), 'utf8'));
  const all = parentsOf(system);
  const rows = [...all].filter(([code]) => root === undefined || isUnder(code, root, all)).sort(([a], [b]) => (a < b ? -1 : 1));
  const kept = new Set(rows.map(([code]) => code));
  return {
    _source: `HL7 Terminology, CodeSystem v3-${name} (CC0-1.0); compiled by scripts/build-terminology.ts`,
    system: system.url,
    version: system.version,
    parents: Object.fromEntries(rows.map(([code, above]) => [code, above.filter((parent) => kept.has(parent))])),
  };
}

export function terminology(): Record<string, string> {
  return {
    'act-code-hierarchy.json': `${JSON.stringify(buildHierarchy('ActCode', '_ActPolicyType'))}\n`,
    'act-reason-hierarchy.json': `${JSON.stringify(buildHierarchy('ActReason'))}\n`,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [file, text] of Object.entries(terminology())) {
    writeFileSync(new URL(`../policies/terminology/${file}`, import.meta.url), text);
  }
}
