/**
 * The policy in force at this replica (design.md section 5): the folder's law and the active version of every organization
 * set, as one evaluator that is exchanged whole, with what labels rest on: code sets, and what reviewers settled. Every announcement
 * makes each replica read again; a decision made in between is found stale at the commit of the log, and the flow reads
 * again before it decides anew.
 */
import { createHash } from 'node:crypto';
import type { Sql, TransactionSql } from 'postgres';
import type { CodeIndex } from '../classify/code-set.ts';
import type { ReviewFinding, ReviewFindings } from '../classify/review-finding.ts';
import { PrivityError } from '../errors.ts';
import type { PolicyFoundation } from '../policy/build-foundation.ts';
import { createEvaluator } from '../policy/create-evaluator.ts';
import { formatProblem } from '../policy/format-problem.ts';
import type { PolicyFile, PolicySet } from '../policy/policy-set.ts';
import type { PolicyEvaluator } from '../policy/question.ts';
import { readUploadedSet } from '../policy/read-uploaded-set.ts';
import type { PolicySource } from '../ports.ts';
import { type CodeSetsInForce, readCodeSetsInForce } from './code-set-store-in-force.ts';
import type { Database } from './database.ts';
import { withinDeadline } from './database-deadline.ts';
import { indexCodeSets } from './load-code-sets.ts';
import { VERSION_COLUMNS, type VersionRow } from './policy-store-rows.ts';
import { announcePolicy, onPolicyAnnounced } from './subject-epochs-policy.ts';

export interface Foundation {
  readonly foundation: PolicyFoundation;
  readonly foundationFiles: readonly PolicyFile[];
  /** SHA-256 of the files. */
  readonly foundationVersion: string;
}

export interface InForce {
  readonly version: string;
  readonly evaluator: PolicyEvaluator;
  readonly organizations: readonly PolicySet[];
  readonly sets: readonly { readonly name: string; readonly version: number }[];
  /** What reviewers settled: labels rest on it, so it is part of what a decision is made under. */
  readonly findings: ReviewFindings;
  /** Labels rest on them as well. */
  readonly codeSets: CodeSetsInForce;
}

export interface PoliciesInForce extends PolicySource {
  state(): InForce;
  refresh(): Promise<void>;
  /** Within a transaction that changed what is in force: makes it so for every replica at its commit. */
  announce(tx: TransactionSql): Promise<string>;
}

/** @throws PrivityError `policy-invalid` where what is in force does not fit this folder; `audit-unavailable` */
export async function createPoliciesInForce(
  database: Database,
  parts: Foundation,
  onFailure: (error: unknown) => void,
): Promise<PoliciesInForce> {
  const { sql } = database;
  const { views } = parts.foundation;
  const shipped = indexCodeSets(parts.foundationFiles.filter(({ path }) => path.startsWith('code-sets/')));
  let now = await withinDeadline(read(sql, parts, shipped), 'policy sets');
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const refresh = (): Promise<void> => {
    if (running === undefined) {
      running = withinDeadline(read(sql, parts, shipped, now), 'policy sets')
        .then((state) => {
          now = state;
        })
        .finally(() => {
          running = undefined;
        });
      return running;
    }
    // What is asked for while a reading is under way may be younger than that reading: one more serves all who wait.
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return refresh();
      });
    return next;
  };
  await onPolicyAnnounced(database, () => void refresh().catch(onFailure));
  return {
    current: () => ({ evaluator: now.evaluator, views }),
    state: () => now,
    refresh,
    async announce(tx) {
      const state = await read(tx, parts, shipped, now);
      await tx`insert into policy_foundation (digest, files) values (${parts.foundationVersion}, ${tx.json(parts.foundationFiles as never)})
        on conflict do nothing`;
      const codeSets = state.codeSets.sets.map(({ name, version }) => ({ name, version }));
      await tx`insert into policy_snapshot (version, foundation, sets, code_sets)
        values (${state.version}, ${parts.foundationVersion}, ${tx.json(state.sets as never)}, ${tx.json(codeSets)}) on conflict do nothing`;
      // Last: from here to the commit no disclosure is committed.
      await announcePolicy({ sql: tx }, state.version);
      return state.version;
    },
  };
}

/** @param known kept where nothing has changed, with what its evaluator remembers */
async function read(
  sql: Sql | TransactionSql,
  { foundation, foundationVersion }: Foundation,
  shipped: CodeIndex,
  known?: InForce,
): Promise<InForce> {
  const rows = await sql<VersionRow[]>`select ${sql.unsafe(VERSION_COLUMNS)} from policy_set_version v
    where exists (select from policy_set s where s.name = v.name and s.active = v.version) order by name`;
  const found = await sql<ReviewFinding[]>`select reference, kind, outcome, version_id as "versionId" from review_finding
    order by reference, kind`;
  const codeSets = await readCodeSetsInForce(sql, shipped, known?.codeSets);
  const sets = rows.map(({ name, version, digest }) => ({ name, version, digest }));
  const version = versionOf(foundationVersion, sets, codeSets.sets, found);
  if (known?.version === version) return known;
  const organizations = rows.map((row) => parse(row, foundation, known));
  const same = known?.organizations.length === organizations.length && organizations.every((set) => known.organizations.includes(set));
  const evaluator = same ? { ...known.evaluator, version } : createEvaluator({ ...foundation, version, organizations });
  return {
    version,
    evaluator,
    organizations,
    sets: sets.map((set) => ({ name: set.name, version: set.version })),
    findings: Map.groupBy(found.map(withoutNull), ({ reference }) => reference),
    codeSets,
  };
}

/** Names what decides: the same versions and findings are the same policy, whatever was in force between. */
function versionOf(
  foundation: string,
  sets: CodeSetsInForce['sets'],
  codeSets: CodeSetsInForce['sets'],
  findings: readonly ReviewFinding[],
): string {
  const hash = createHash('sha256').update(foundation);
  for (const { name, version, digest } of sets) hash.update(JSON.stringify([name, version, digest]));
  for (const { name, version, digest } of codeSets) hash.update(JSON.stringify(['code set', name, version, digest]));
  for (const { reference, kind, outcome, versionId } of findings) hash.update(JSON.stringify([reference, kind, outcome, versionId]));
  return hash.digest('hex');
}

function withoutNull({ versionId, ...finding }: ReviewFinding): ReviewFinding {
  return versionId === null ? finding : { ...finding, versionId };
}

function parse({ name, mode, files }: VersionRow, foundation: PolicyFoundation, known: InForce | undefined): PolicySet {
  const { set, problems } = readUploadedSet({ name, mode, files }, foundation);
  if (set === undefined) throw new PrivityError('policy-invalid', problems.map(formatProblem).join('\n'));
  // Cedar keeps a set parsed by identity.
  return known?.organizations.find((one) => one.name === name && textOf(one) === textOf(set)) ?? set;
}

function textOf({ mode, statements }: PolicySet): string {
  return JSON.stringify([mode, statements.map(({ id, text }) => [id, text])]);
}
