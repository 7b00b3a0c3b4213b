/**
 * The code sets in force (design.md sections 4.1 and 5): the folder's and the active version of every administrator's set, as one
 * index that is exchanged whole, together with the policy (policy-store-in-force.ts).
 */
import type { Sql, TransactionSql } from 'postgres';
import { type AddedCodeSet, addCodeSets } from '../classify/add-code-sets.ts';
import type { CodeIndex } from '../classify/code-set.ts';
import { addedCodeSet, type CodeSetSystems } from './code-set-store-rows.ts';

export interface CodeSetsInForce {
  readonly sets: readonly { readonly name: string; readonly version: number; readonly digest: string }[];
  readonly added: readonly AddedCodeSet[];
  /** The folder's sets alone. */
  readonly shipped: CodeIndex;
  /** The folder's sets and these. */
  readonly index: CodeIndex;
}

interface Row extends CodeSetSystems {
  readonly name: string;
  readonly version: number;
}

/**
 * @param shipped index of the folder's sets
 * @param known kept where nothing has changed: codes are read only where they are new
 */
export async function readCodeSetsInForce(
  sql: Sql | TransactionSql,
  shipped: CodeIndex,
  known: CodeSetsInForce = { sets: [], added: [], shipped, index: shipped },
): Promise<CodeSetsInForce> {
  const sets = await sql<CodeSetsInForce['sets'][number][]>`select v.name, v.version, v.digest from code_set_version v
    join code_set s on s.name = v.name and s.active = v.version order by v.name`;
  if (JSON.stringify(sets) === JSON.stringify(known.sets)) return known;
  // By name and version: those never change, so what is read here is what the digests above are of.
  const rows = await sql<Row[]>`select name, version, title, labels, systems from code_set_version v
    where exists (select from jsonb_to_recordset(${sql.json(sets as never)}) as s (name text, version integer)
      where s.name = v.name and s.version = v.version) order by name`;
  const added = rows.map(addedCodeSet);
  return { sets: [...sets], added, shipped, index: addCodeSets(shipped, added) };
}
