/** SMART scopes: HL7's own examples, what grants nothing, and properties that hold for any text (threats.md 6). */
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScope } from '../../src/requester/parse-scope.ts';
import type { Scope } from '../../src/requester/requester.ts';

const LETTERS = [
  ['create', 'c'],
  ['read', 'r'],
  ['update', 'u'],
  ['delete', 'd'],
  ['search', 's'],
] as const;

function permissions(scope: Scope): string {
  return LETTERS.map(([name, letter]) => (scope[name] ? letter : '')).join('');
}

function granted(text: string): Scope | undefined {
  const reading = parseScope(text);
  return reading.kind === 'access' ? reading.scope : undefined;
}

interface Vector {
  readonly scope: string;
  readonly expect: {
    readonly ok: boolean;
    readonly kind?: string;
    readonly level?: string;
    readonly type?: string;
    readonly perms?: string;
    readonly params?: readonly (readonly [string, string])[];
    readonly experimental?: string;
  };
}

const VECTORS = '../shared/vectors/oauth/smart-scope-vectors.json';
const vectors = existsSync(VECTORS) ? (JSON.parse(readFileSync(VECTORS, 'utf8')) as { scopes: Vector[] }).scopes : [];

describe.skipIf(vectors.length === 0)(`HL7's scope vectors${vectors.length === 0 ? ` (skipped: no ${VECTORS})` : ''}`, () => {
  it.each(vectors.map((vector) => [vector.scope, vector.expect] as const))('%s', (scope, wanted) => {
    const reading = parseScope(scope);
    if (!wanted.ok) expect(reading.kind).toBe('refused');
    else if (wanted.experimental !== undefined) expect(reading).toMatchObject({ kind: 'refused', reason: /modifier|chain/ });
    else if (wanted.kind !== undefined) expect(reading.kind).toBe('other');
    else {
      const scope = reading.kind === 'access' ? reading.scope : undefined;
      expect(scope).toMatchObject({ level: wanted.level, resourceType: wanted.type, query: wanted.params ?? [] });
      expect(scope && permissions(scope)).toBe(wanted.perms);
    }
  });
});

const REFUSED: readonly (readonly [scope: string, reason: string])[] = [
  ['patient/Observation', 'malformed'],
  ['patient/', 'malformed'],
  ['patient/.rs', 'malformed'],
  ['patient/Observation.r.s', 'malformed permissions'],
  ['patient/Observation.read.write', 'malformed permissions'],
  ['patient/Observation.READ', 'malformed permissions'],
  ['patient/Observation.rw', 'malformed permissions'],
  ['patient/Observation.cruds*', 'malformed permissions'],
  ['patient/Observations.rs', 'unknown resource type'],
  ['patient/constructor.rs', 'unknown resource type'],
  ['patient/**.rs', 'unknown resource type'],
  ['everyone/Observation.rs', 'unknown level'],
  ['USER/*.rs', 'unknown level'],
  ['patient/Observation.rs?', 'malformed query'],
  ['patient/Observation.rs?category', 'malformed query'],
  ['patient/Observation.rs?category=', 'malformed query'],
  ['patient/Observation.rs?=laboratory', 'malformed query'],
  ['patient/Observation.rs?category=a&', 'malformed query'],
  ['patient/Observation.rs?category=%zz', 'malformed query'],
  ['patient/Observation.rs?category:not=laboratory', 'modifier in the query'],
  ['patient/Observation.rs?category%3Anot=laboratory', 'modifier in the query'],
  ['patient/Observation.rs?subject:Patient.name=x', 'modifier in the query'],
  ['patient/Patient.rs?_has:Observation:subject:code=x', 'modifier in the query'],
  ['patient/Observation.rs?encounter.type=x', 'chain in the query'],
  ['patient/Observation.rs?_include=Observation:subject', 'unknown parameter in the query'],
  ['patient/Observation.rs?_revinclude=Provenance:target', 'unknown parameter in the query'],
  ['patient/Observation.rs?_filter=x', 'unknown parameter in the query'],
  ['patient/Observation.rs?_count=1', 'unknown parameter in the query'],
  ['patient/Observation.rs?constructor=1', 'unknown parameter in the query'],
  ['patient/Observation.rs?__proto__=1', 'unknown parameter in the query'],
  ['patient/*.rs?category=laboratory', 'unknown parameter in the query'],
  ['patient/Observation.rs?date=ge2026', 'parameter of type date in the query'],
  ['patient/Observation.rs?value-quantity=5', 'parameter of type quantity in the query'],
  ['patient/Observation.read?category=laboratory', 'query on a version 1 scope'],
];

describe('grants nothing, and says why', () => {
  it.each(REFUSED)('%s: %s', (scope, reason) => {
    expect(parseScope(scope)).toEqual({ kind: 'refused', reason });
  });
});

describe('granular scopes', () => {
  it.each([
    [
      'patient/Observation.rs?category=a&category=b',
      [
        ['category', 'a'],
        ['category', 'b'],
      ],
    ],
    ['patient/Observation.rs?category=a,b', [['category', 'a,b']]],
    ['user/Observation.rs?category=http%3A%2F%2Fx%7Claboratory', [['category', 'http://x|laboratory']]],
    ['system/*.rs?_security=http://x|R', [['_security', 'http://x|R']]],
    ['user/Patient.r?general-practitioner=Practitioner/p1', [['general-practitioner', 'Practitioner/p1']]],
  ])('%s', (text, query) => {
    expect(granted(text)?.query).toEqual(query);
  });
});

describe('for any text', () => {
  const word = fc.oneof(
    fc.constantFrom('patient', 'user', 'system', 'Observation', '*', 'Patient', 'rs', 'cruds', 'read', 'write', 'category', 'code', '_has'),
    fc.constantFrom('/', '.', '?', '&', '=', ':', '|', '%', '__proto__', 'constructor', 'laboratory'),
    fc.string({ maxLength: 4 }),
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 12 }).map((words) => words.join('')),
  );

  it('it never throws, and grants only what the text says', () => {
    fc.assert(
      fc.property(text, (scope) => {
        const found = granted(scope);
        if (found === undefined) return;
        expect(scope.startsWith(`${found.level}/${found.resourceType}.`)).toBe(true);
        expect(permissions(found)).not.toBe('');
      }),
      { numRuns: 2000 },
    );
  });

  const base = fc.tuple(
    fc.constantFrom('patient', 'user', 'system'),
    fc.constantFrom('Observation', 'Patient', '*'),
    fc.subarray(['c', 'r', 'u', 'd', 's'], { minLength: 1 }),
  );

  it('a query never widens: it grants no more than the same scope without it, and never drops a condition', () => {
    fc.assert(
      fc.property(base, fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 3 }), ([level, type, letters], pairs) => {
        const plain = granted(`${level}/${type}.${letters.join('')}`);
        const query = pairs.map(([name, value]) => `${name}=${value}`).join('&');
        const narrowed = granted(`${level}/${type}.${letters.join('')}?${query}`);
        expect(plain && permissions(plain)).toBe(letters.join(''));
        if (narrowed === undefined) return;
        expect(permissions(narrowed)).toBe(letters.join(''));
        expect(narrowed.query.length).toBe(query.split('&').length);
      }),
      { numRuns: 2000 },
    );
  });

  it('letters count in their order only', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(['c', 'r', 'u', 'd', 's'], { minLength: 1 }), (letters) => {
        const ordered =
          letters.join('') ===
          LETTERS.map(([, letter]) => letter)
            .filter((letter) => letters.includes(letter))
            .join('');
        expect(granted(`user/*.${letters.join('')}`) !== undefined).toBe(ordered);
      }),
    );
  });
});
