/**
 * The criteria of a conditional write are a search by the caller (FHIR R4 section 3.1.0.7; design.md 4.6; threats.md 30): what
 * the caller can't see does not match.
 */
import { PrivityError } from '../errors.ts';
import type { Interaction } from '../fhir/interaction.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import { queryText } from '../fhir/query-pairs.ts';
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
export function lockKeys(interaction: Interaction): readonly string[] {
  if (!('condition' in interaction) || interaction.condition === undefined) return [];
  return [`${interaction.type}?${queryText(interaction.condition.toSorted(byText))}`];
}

function byText(one: Pairs[number], other: Pairs[number]): number {
  return one.join('=') < other.join('=') ? -1 : 1;
}
