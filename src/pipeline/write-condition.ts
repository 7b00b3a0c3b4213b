/**
 * The criteria of a conditional write are a search by the caller (FHIR R4 section 3.1.0.7; design.md 4.6; threats.md 30): what
 * the caller can't see does not match.
 */
import { PrivityError } from '../errors.ts';
import type { Interaction } from '../fhir/interaction.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import { queryText } from '../fhir/query-pairs.ts';
import { readEntry } from '../fhir/read-entry.ts';
import type { Resource } from '../fhir/resource.ts';
import { collectMatches } from './collect-matches.ts';
import { planSearch } from './plan-search.ts';
import { type Match, openBudget } from './search-stream.ts';
import type { Session } from './session.ts';

/**
 * @returns the one match, with the resource as the caller reads it; `undefined` for none
 * @throws PrivityError `multiple-matches`, `scope-insufficient`, `invalid-parameter`, `not-supported`, `too-costly`
 */
export async function findOne(session: Session, type: string, condition: Pairs): Promise<Match | undefined> {
  const plan = planSearch(session, { type, pairs: condition });
  if (plan.plain.length + plan.joins.length < condition.length) throw new PrivityError('invalid-parameter', 'criteria');
  const { matches } = await collectMatches(session, plan, { count: 2, budget: openBudget(session) });
  if (matches.length > 1) throw new PrivityError('multiple-matches');
  return matches[0];
}

/** What nobody else may do meanwhile: nothing for a write that names its resource. */
export function lockKeys(interaction: Interaction, publicBase: string): readonly string[] {
  if (interaction.kind === 'transaction') return transactionKeys(interaction.bundle, publicBase);
  if (!('condition' in interaction) || interaction.condition === undefined) return [];
  return [`${interaction.type}?${queryText(interaction.condition.toSorted(byText))}`];
}

/** An entry that can't be read is refused later, with the whole. */
function transactionKeys({ entry }: Resource, publicBase: string): readonly string[] {
  if (!Array.isArray(entry)) return [];
  const conditional = entry.filter((row) => row?.request?.ifNoneExist !== undefined || String(row?.request?.url).includes('?'));
  return conditional.flatMap((row) => {
    try {
      return lockKeys(readEntry(row, publicBase).interaction, publicBase);
    } catch (error) {
      if (error instanceof PrivityError) return [];
      throw error;
    }
  });
}

function byText(one: Pairs[number], other: Pairs[number]): number {
  return one.join('=') < other.join('=') ? -1 : 1;
}
