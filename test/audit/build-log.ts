/** A log as several processes write it, with its checkpoints, to mutate in tests. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { ChainHead, Checkpoint } from '../../src/audit/checkpoint.ts';
import { coverChains, type ReadCheckpoint } from '../../src/audit/cover-chains.ts';
import { genesisHash, linkHash } from '../../src/audit/hash-chain.ts';
import type { AuditRecord, ChainLink, StoredRecord } from '../../src/audit/record.ts';
import { storeRecord } from '../../src/audit/store-record.ts';
import { type ChainFault, createChainVerifier } from '../../src/audit/verify-chain.ts';
import { createLogVerifier, type LogReport } from '../../src/audit/verify-log.ts';
import { sampleRecord } from './sample-record.ts';

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
export const macOf = (text: string) => sha256(`key ${text}`);
const START = Date.parse('2026-11-23T20:00:00.000Z');

export interface Entry {
  readonly stored: StoredRecord;
  readonly link: ChainLink;
}

export interface Log {
  readonly chains: readonly (readonly Entry[])[];
  readonly checkpoints: readonly ReadCheckpoint[];
}

export const chainId = (n: number) => `0190d6a0-0000-7000-8000-00000000000${n}`;

/** Continues `before` with these records. @param mac of whoever writes */
export function extend(chain: string, before: readonly Entry[], records: readonly AuditRecord[], mac = macOf): Entry[] {
  const entries = [...before];
  for (const record of records) {
    const prevHash = entries.at(-1)?.link.hash ?? genesisHash(sha256, chain);
    const { stored, canonical } = storeRecord(record, sha256);
    const hash = linkHash(sha256, prevHash, canonical);
    entries.push({ stored, link: { chain, seq: entries.length + 1, prevHash, hash, mac: mac(hash) } });
  }
  return entries;
}

/** Signs the heads that moved. */
export function checkpointOf(chains: readonly (readonly Entry[])[], before: readonly ReadCheckpoint[], madeAt: string): ReadCheckpoint {
  const known = new Map(before.flatMap(({ checkpoint }) => checkpoint?.heads.map(({ chain, seq }) => [chain, seq] as const) ?? []));
  const heads = chains.flatMap((chain): ChainHead[] => {
    const link = chain.at(-1)?.link;
    return link === undefined || known.get(link.chain) === link.seq ? [] : [{ chain: link.chain, seq: link.seq, hash: link.hash }];
  });
  const checkpoint: Checkpoint = {
    version: 1,
    number: before.length + 1,
    madeAt,
    previous: before.at(-1)?.digest ?? null,
    heads,
    chains: chains.filter((chain) => chain.length > 0).length,
    rows: chains.flat().length,
  };
  return { number: checkpoint.number, digest: sha256(JSON.stringify(checkpoint)), checkpoint };
}

/** Up to three processes append in turns; `checkpoint` falls between. Ends with a checkpoint and covers at least two records. */
export const logs: fc.Arbitrary<Log> = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.constant('checkpoint' as const) }), {
    minLength: 2,
    maxLength: 14,
  })
  .map((steps) => {
    const chains: Entry[][] = [[], [], []];
    const checkpoints: ReadCheckpoint[] = [];
    const at = (n: number) => new Date(START + n * 60_000).toISOString();
    [0, 0, ...steps, 'checkpoint' as const].forEach((step, n) => {
      if (step === 'checkpoint') checkpoints.push(checkpointOf(chains, checkpoints, at(n)));
      else chains[step] = extend(chainId(step), chains[step] ?? [], [sampleRecord({ recordedAt: at(n) })]);
    });
    return { chains, checkpoints };
  });

/** @param chains as found: the first record tells which; a chain that is gone is not among them */
export function verifyLog(
  { chains, checkpoints }: Log,
  anchors: readonly ReadCheckpoint[] = [],
  mac: typeof macOf | null = macOf,
): LogReport {
  const verifier = createLogVerifier(coverChains(checkpoints, anchors), sha256, mac ?? undefined);
  for (const entries of chains) {
    if (entries[0] === undefined) continue;
    const chain = verifier.chain(entries[0].link.chain);
    for (const entry of entries) chain.next(entry);
    chain.end();
  }
  return verifier.report();
}

/** One chain by itself, without checkpoints. @returns its first fault */
export function verifyChain(entries: readonly Entry[], digest = sha256, mac?: (hash: string) => string): ChainFault | undefined {
  const verifier = createChainVerifier(entries[0]?.link.chain ?? '', { digest, mac });
  return entries.map((entry) => verifier.next(entry)).find((fault) => fault !== undefined) ?? verifier.end();
}
