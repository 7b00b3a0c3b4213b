/**
 * The chain that one process writes (design.md section 5): gives records their place, hash and MAC, sends them with what
 * the database still lacks, and moves on only when they are committed. After any doubt it begins anew: a new chain
 * can't fork.
 */
import { randomUUID } from 'node:crypto';
import { genesisHash, linkHash } from '../audit/hash-chain.ts';
import type { AuditRecord, DecidedUnder, StoredRecord } from '../audit/record.ts';
import { storeRecord } from '../audit/store-record.ts';
import { type Contexts, contextRows, sha256, type UnsentContexts } from './audit-log-contexts.ts';
import { macOf } from './audit-log-key.ts';
import { auditRows, type LinkedRecord } from './audit-log-rows.ts';
import { type AuditStore, type Changed, StoreError } from './audit-log-store.ts';

/** A record ready to be linked. */
export interface PreparedRecord {
  readonly stored: StoredRecord;
  readonly canonical: string;
  readonly unsent: UnsentContexts;
  readonly under: DecidedUnder | undefined;
}

export interface ChainWriter {
  /**
   * @returns `undefined` once all are committed; else what has changed since some were decided, and none is
   * @throws StoreError
   */
  write(group: readonly PreparedRecord[]): Promise<Changed | undefined>;
}

interface Head {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

/** @throws RangeError where the record has no instant */
export function prepareRecord(record: AuditRecord, under: DecidedUnder | undefined, contexts: Contexts): PreparedRecord {
  const unsent: UnsentContexts = new Map();
  return { ...storeRecord(record, (text) => contexts.idOf(text, unsent)), unsent, under };
}

/**
 * @param macKey 32 bytes that are not in the database
 * @param contexts what the records were prepared with
 */
export function createChainWriter(store: AuditStore, macKey: Uint8Array, contexts: Contexts): ChainWriter {
  const months = new Set<string>();
  let head: Head | undefined;

  const begin = async (): Promise<Head> => {
    const chain = randomUUID();
    await store.openChain(chain);
    return { chain, seq: 0, hash: genesisHash(sha256, chain) };
  };

  const openMonths = async (group: readonly PreparedRecord[]) => {
    for (const month of new Set(group.map(({ stored }) => stored.recordedAt.slice(0, 7)))) {
      if (months.has(month)) continue;
      await store.openMonth(month);
      months.add(month);
    }
  };

  const send = async (group: readonly PreparedRecord[]): Promise<Changed | undefined> => {
    head ??= await begin();
    await openMonths(group);
    const { records, last } = link(group, head, macKey);
    const unsent: UnsentContexts = new Map(group.flatMap((prepared) => [...prepared.unsent]));
    const changed = await store.append({ ...auditRows(records), ...asked(group), contexts: contextRows(unsent) });
    if (changed !== undefined) return changed;
    head = last;
    contexts.sent(unsent.values());
    return undefined;
  };

  return {
    async write(group) {
      try {
        return await send(group);
      } catch (error) {
        if (!(error instanceof StoreError) || error.outcome === 'unknown') {
          head = undefined;
          contexts.clear();
          months.clear();
        }
        throw error;
      }
    },
  };
}

function link(group: readonly PreparedRecord[], head: Head, macKey: Uint8Array): { records: readonly LinkedRecord[]; last: Head } {
  let last = head;
  const records = group.map(({ stored, canonical }) => {
    const prevHash = last.hash;
    const hash = linkHash(sha256, prevHash, canonical);
    last = { chain: head.chain, seq: last.seq + 1, hash };
    return { stored, link: { ...last, prevHash, mac: macOf(macKey, hash) } };
  });
  return { records, last };
}

/** Everything that a group was decided under, each once. */
function asked(group: readonly PreparedRecord[]): { readonly policies: string | null; readonly epochs: string | null } {
  const policies = new Set<string>();
  const epochs = new Map<string, { subject: string; epoch: string }>();
  for (const { under } of group) {
    if (under === undefined) continue;
    policies.add(under.policyVersion);
    for (const { subject, epoch } of under.epochs) epochs.set(`${epoch} ${subject}`, { subject, epoch });
  }
  return {
    policies: policies.size === 0 ? null : JSON.stringify([...policies]),
    epochs: epochs.size === 0 ? null : JSON.stringify([...epochs.values()]),
  };
}
