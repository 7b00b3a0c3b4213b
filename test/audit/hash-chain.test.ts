import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalRecord } from '../../src/audit/canonical-record.ts';
import { genesisHash, linkHash } from '../../src/audit/hash-chain.ts';
import type { AuditRecord, ChainLink, StoredRecord } from '../../src/audit/record.ts';
import { loggedRecord, storeRecord } from '../../src/audit/store-record.ts';
import { verifyChain } from './build-log.ts';
import { bareRecord, sampleDecision, sampleRecord } from './sample-record.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const mac = (text: string) => sha256(`key ${text}`);
const CHAIN = '0190d6a0-0000-7000-8000-000000000000';

/** RFC 8785 in general form: names in order of UTF-16 code units, no absent members. */
function jcs(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jcs).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${jcs(member)}`)
    .join(',')}}`;
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const text = fc.string({ unit: 'binary', maxLength: 20 });
const records: fc.Arbitrary<AuditRecord> = fc
  .record({
    requestId: text,
    traceId: optional(text),
    outcome: fc.constantFrom('0' as const, '4' as const, '8' as const),
    status: fc.integer({ min: 100, max: 599 }),
    reason: optional(text),
    purpose: optional(text),
    breakGlassReason: optional(text),
    subjects: fc.uniqueArray(text, { maxLength: 3 }),
    obligations: fc.array(text, { maxLength: 3 }),
    attestations: fc.array(fc.record({ text, kind: text }), { maxLength: 2 }),
    requester: optional(
      fc.record({ roles: fc.array(text, { maxLength: 2 }), issuer: text, id: text, fhirUser: optional(text), clientId: optional(text) }),
    ),
    decisions: fc.array(
      fc.record({
        effect: fc.constantFrom('permit' as const, 'withhold' as const),
        reference: text,
        subject: optional(text),
        versionId: optional(text),
      }),
      { maxLength: 3 },
    ),
  })
  .map((changes) => sampleRecord({ ...changes, decisions: changes.decisions.map((decision) => sampleDecision(decision)) }));

describe('the canonical text of a record', () => {
  test('is RFC 8785 JSON of what is stored', () => {
    fc.assert(
      fc.property(records, (record) => {
        const { stored, canonical } = storeRecord(record, sha256);
        expect(canonical).toBe(jcs(stored));
        expect(canonicalRecord(JSON.parse(canonical) as StoredRecord)).toBe(canonical);
      }),
    );
  });

  test('holds nothing that PostgreSQL can not keep', () => {
    const { canonical } = storeRecord(sampleRecord({ requestId: '\0\ud800', target: 'backslash \\u0000 stays' }), sha256);
    expect(canonical).not.toMatch(/[^\\]\\u(0000|d[89a-f])/);
    expect(JSON.parse(canonical)).toMatchObject({ requestId: '\ufffd\ufffd', target: 'backslash \\u0000 stays' });
  });

  test('holds the context by its id only', () => {
    const { stored, canonical } = storeRecord(sampleRecord(), sha256);
    expect(canonical).not.toContain('other-treating-provider"}');
    expect(stored.decisions[0]?.contextId).toBe(sha256('{"recipient":"other-treating-provider"}'));
  });

  test('holds decisions that differ in nothing but the resource as one, and gives each back', () => {
    const alike = ['Observation/o1', 'Observation/o2', 'Observation/o3'].map((reference) => sampleDecision({ reference }));
    const [first, , third] = alike.map(({ context, ...decision }) => ({ ...decision, contextId: sha256(context) }));
    const withheld = sampleDecision({ effect: 'withhold', versionId: undefined });
    const { stored } = storeRecord(sampleRecord({ decisions: [...alike.slice(0, 1), withheld, ...alike.slice(2)] }), sha256);
    expect(stored.decisions.map(({ effect, references, versionIds }) => [effect, references, versionIds])).toEqual([
      ['permit', ['Observation/o1', 'Observation/o3'], ['3', '3']],
      ['withhold', ['Observation/o1'], ['']],
    ]);
    const { decisions } = loggedRecord(stored);
    expect(decisions).toMatchObject([first, third, { reference: 'Observation/o1', effect: 'withhold' }] as object[]);
    expect(decisions[2]).not.toHaveProperty('versionId');
  });

  test.each(['yesterday', '', '2026-13-01T00:00:00Z'])('the instant %j is refused', (recordedAt) => {
    expect(() => storeRecord(sampleRecord({ recordedAt }), sha256)).toThrow(RangeError);
  });
});

interface Entry {
  readonly stored: StoredRecord;
  readonly link: ChainLink;
}

function chainOf(all: readonly AuditRecord[]): Entry[] {
  let prevHash = genesisHash(sha256, CHAIN);
  return all.map((record, index) => {
    const { stored, canonical } = storeRecord(record, sha256);
    const own = linkHash(sha256, prevHash, canonical);
    const entry = { stored, link: { chain: CHAIN, seq: index + 1, prevHash, hash: own, mac: mac(own) } };
    prevHash = own;
    return entry;
  });
}

const chains = fc.array(records, { minLength: 2, maxLength: 8 }).map(chainOf);
const at = (chain: readonly Entry[], n: number) => n % chain.length;

describe('a chain', () => {
  test('as it was written holds, from its first record to any', () => {
    fc.assert(
      fc.property(chains, fc.nat(), (chain, n) => {
        expect(verifyChain(chain, sha256, mac)).toBeUndefined();
        expect(verifyChain(chain.slice(0, at(chain, n)), sha256, mac)).toBeUndefined();
      }),
    );
  });

  const mutations: Record<string, (chain: readonly Entry[], n: number) => { changed: Entry[]; first: number; kind: string }> = {
    'a record is changed': (chain, n) => {
      const i = at(chain, n);
      const { stored, link } = chain[i] as Entry;
      return { changed: chain.with(i, { stored: { ...stored, status: stored.status + 1 }, link }), first: i, kind: 'content' };
    },
    'a decision is turned': (chain, n) => {
      const i = at(chain, n);
      const { stored, link } = chain[i] as Entry;
      return {
        changed: chain.with(i, { stored: { ...stored, subjects: [...stored.subjects, 'Patient/new'] }, link }),
        first: i,
        kind: 'content',
      };
    },
    'a record is removed from the middle or the front': (chain, n) => {
      const i = n % (chain.length - 1);
      return { changed: chain.toSpliced(i, 1), first: i, kind: 'gap' };
    },
    'two records change places': (chain, n) => {
      const i = n % (chain.length - 1);
      return { changed: chain.with(i, chain[i + 1] as Entry).with(i + 1, chain[i] as Entry), first: i, kind: 'gap' };
    },
    'a record is there twice': (chain, n) => {
      const i = at(chain, n);
      return { changed: chain.toSpliced(i, 0, chain[i] as Entry), first: i + 1, kind: 'gap' };
    },
    'a record is inserted that knows the hashes but not the key': (chain, n) => {
      const i = at(chain, n);
      const { stored, canonical } = storeRecord(bareRecord(), sha256);
      const { link } = chain[i] as Entry;
      const own = linkHash(sha256, link.prevHash, canonical);
      return { changed: [...chain.slice(0, i), { stored, link: { ...link, hash: own, mac: sha256(own) } }], first: i, kind: 'mac' };
    },
  };
  test.each(Object.entries(mutations))('%s: found, at its place', (_, mutate) => {
    fc.assert(
      fc.property(chains, fc.nat(), (chain, n) => {
        const { changed, first, kind } = mutate(chain, n);
        expect(verifyChain(changed, sha256, mac)).toEqual({ seq: first + 1, id: changed[first]?.stored.id, kind });
      }),
    );
  });

  test('of another chain does not continue this one', () => {
    const [first] = chainOf([sampleRecord()]);
    const moved = { ...first, link: { ...first?.link, chain: CHAIN.replace('8', '9') } } as Entry;
    expect(verifyChain([moved], sha256)).toMatchObject({ kind: 'gap' });
  });
});
