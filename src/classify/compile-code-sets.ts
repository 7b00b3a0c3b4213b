/**
 * Code sets as one index (design.md 4.1 point 2): exact codes by hash, prefixes and ranges by a hash per prefix length,
 * so that a look-up costs the same however many codes are loaded. Answers are remembered by the spelling that came.
 */
import { canonicalCode, canonicalSystem, readingsOf } from './canonical-code.ts';
import type { CodeIndex, CodeMatch, CodeRules, CodeSet, CodeSetSystem } from './code-set.ts';

interface Rule {
  readonly match: CodeMatch;
  readonly applies: (code: string) => boolean;
}

interface SystemTable {
  readonly exact: Map<string, Rule[]>;
  readonly prefixes: Map<string, Rule[]>;
  /** Lengths of the prefixes, ascending. */
  lengths: number[];
}

const NONE: readonly CodeMatch[] = [];
/** Spellings remembered; beyond, the memory starts anew, so that it is bounded whatever the input. */
const REMEMBERED = 65_536;

/** `F20-F29` -> F20 … F29. @throws Error where the ends differ in more than their digits */
export function rangePrefixes(range: string, system: string): readonly string[] {
  const [from = '', to = '', ...rest] = range.split('-').map((end) => canonicalCode(system, end));
  const [, letters, first] = /^(.*?)(\d+)$/.exec(from) ?? [];
  const [, sameLetters, last] = /^(.*?)(\d+)$/.exec(to) ?? [];
  if (rest.length > 0 || first === undefined || last === undefined || letters !== sameLetters || first.length !== last.length) {
    throw new Error(`range ${range}: both ends need the same letters and as many digits`);
  }
  if (Number(first) > Number(last) || Number(last) - Number(first) > 100_000) throw new Error(`range ${range}: empty or too wide`);
  const prefixes: string[] = [];
  for (let number = Number(first); number <= Number(last); number += 1) prefixes.push(letters + String(number).padStart(first.length, '0'));
  return prefixes;
}

function exactCodes(rules: CodeRules, system: string): string[] {
  const listed = [...(rules.codes ?? []), ...(rules.hierarchies ?? []).flatMap(({ root, descendants }) => [root, ...descendants])];
  return listed.map((code) => canonicalCode(system, code));
}

function prefixesOf(rules: CodeRules, system: string): string[] {
  const prefixes = (rules.prefixes ?? []).map((prefix) => canonicalCode(system, prefix));
  return [...prefixes, ...(rules.ranges ?? []).flatMap((range) => rangePrefixes(range, system))];
}

function excluder(rules: CodeRules | undefined, system: string): (code: string) => boolean {
  if (rules === undefined) return () => false;
  const exact = new Set(exactCodes(rules, system));
  const prefixes = prefixesOf(rules, system);
  return (code) => exact.has(code) || prefixes.some((prefix) => code.startsWith(prefix));
}

function addTo(map: Map<string, Rule[]>, key: string, rule: Rule): void {
  const rules = map.get(key);
  if (rules === undefined) map.set(key, [rule]);
  else rules.push(rule);
}

function addSystem(tables: Map<string, SystemTable>, match: CodeMatch, part: CodeSetSystem): void {
  const system = canonicalSystem(part.system);
  const table = tables.get(system) ?? { exact: new Map(), prefixes: new Map(), lengths: [] };
  tables.set(system, table);
  const excluded = excluder(part.exclude, system);
  const rule: Rule = { match, applies: (code) => !excluded(code) };
  for (const code of exactCodes(part, system)) addTo(table.exact, code, rule);
  for (const prefix of prefixesOf(part, system)) addTo(table.prefixes, prefix, rule);
  for (const { ranges, characters } of part.tests ?? []) {
    const wanted = Object.entries(characters).map(([position, accepted]) => [Number(position) - 1, accepted] as const);
    const hasCharacters = (code: string) => wanted.every(([at, accepted]) => code.length > at && accepted.includes(code.charAt(at)));
    const tested: Rule = { match, applies: (code) => hasCharacters(code) && !excluded(code) };
    for (const prefix of ranges.flatMap((range) => (range.includes('-') ? rangePrefixes(range, system) : [canonicalCode(system, range)]))) {
      addTo(table.prefixes, prefix, tested);
    }
  }
  table.lengths = [...new Set([...table.prefixes.keys()].map((prefix) => prefix.length))].sort((a, b) => a - b);
}

function collect(rules: readonly Rule[] | undefined, code: string, found: Map<string, CodeMatch>): void {
  for (const rule of rules ?? []) if (rule.applies(code)) found.set(rule.match.set, rule.match);
}

/** @throws Error for a range that can't be read, or two sets of one id; the message names set and rule */
export function compileCodeSets(sets: readonly CodeSet[]): CodeIndex {
  const tables = new Map<string, SystemTable>();
  const ids = new Set<string>();
  for (const set of sets) {
    if (ids.has(set.id)) throw new Error(`code set ${set.id}: loaded twice`);
    ids.add(set.id);
    const match: CodeMatch = { set: set.id, labels: set.labels, ...(set.role === undefined ? {} : { role: set.role }) };
    try {
      for (const part of set.systems) addSystem(tables, match, part);
    } catch (cause) {
      throw new Error(`code set ${set.id}: ${(cause as Error).message}`, { cause });
    }
  }

  function lookUp(system: string | undefined, code: string): readonly CodeMatch[] {
    const found = new Map<string, CodeMatch>();
    for (const reading of readingsOf(system, code)) {
      const table = tables.get(reading.system);
      if (table === undefined) continue;
      collect(table.exact.get(reading.code), reading.code, found);
      for (const length of table.lengths) {
        if (length > reading.code.length) break;
        collect(table.prefixes.get(reading.code.slice(0, length)), reading.code, found);
      }
    }
    return found.size === 0 ? NONE : [...found.values()].sort((a, b) => (a.set < b.set ? -1 : 1));
  }

  let remembered = new Map<string, Map<string, readonly CodeMatch[]>>();
  let size = 0;
  function remember(system: string, code: string): readonly CodeMatch[] {
    if (size >= REMEMBERED) {
      remembered = new Map();
      size = 0;
    }
    const codes = remembered.get(system) ?? new Map<string, readonly CodeMatch[]>();
    remembered.set(system, codes);
    const found = lookUp(system === '' ? undefined : system, code);
    codes.set(code, found);
    size += 1;
    return found;
  }

  return {
    version: sets
      .map((set) => `${set.id}@${set.version}`)
      .sort()
      .join(','),
    match: (system = '', code) => remembered.get(system)?.get(code) ?? remember(system, code),
  };
}
