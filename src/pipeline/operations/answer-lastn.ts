/**
 * Observation/$lastn (FHIR R4 operation-observation-lastn): the most recent of each code, computed over what is released,
 * so that which is the last does not depend on one that is withheld.
 */
import { PrivityError } from '../../errors.ts';
import type { Operation } from '../../fhir/interaction.ts';
import type { Coding } from '../../fhir/resource.ts';
import { sortResources } from '../../fhir/search/sort-resources.ts';
import type { Answer } from '../answer.ts';
import { searchReleased } from '../collect-matches.ts';
import type { Match } from '../search-stream.ts';
import type { Session } from '../session.ts';
import { giveSearchset } from './give-searchset.ts';
import { onlyValue, readOperationInput } from './read-operation-input.ts';

const MAX_EACH = 100;

export async function answerLastn(session: Session, operation: Operation): Promise<Answer> {
  const input = readOperationInput(operation, (name) => !name.startsWith('_'), 'max, and search parameters of Observation');
  const pairs = input.pairs.filter(([name]) => name !== 'max');
  const has = (...names: string[]) => pairs.some(([name]) => names.includes(name.split(/[:.]/)[0] ?? ''));
  if (!has('patient', 'subject') || !has('category', 'code'))
    throw new PrivityError('invalid-parameter', '$lastn needs patient or subject, and category or code');
  const max = onlyValue(input, 'max') ?? '1';
  if (!/^[1-9]\d{0,2}$/.test(max)) throw new PrivityError('invalid-parameter', 'max');
  const matches = await searchReleased(session, 'Observation', pairs);
  const last = byCode(newestFirst(matches)).flatMap((group) => group.slice(0, Math.min(Number(max), MAX_EACH)));
  return giveSearchset(session, 'Observation/$lastn', last);
}

function newestFirst(matches: readonly Match[]): readonly Match[] {
  const byResource = new Map(matches.map((match) => [match.resource, match]));
  const sorted = sortResources([...byResource.keys()], [{ parameter: 'date', descending: true }]);
  return sorted.flatMap((resource) => byResource.get(resource) ?? []);
}

/** Observations that share a Coding are of one code; without any, those with the same text. */
function byCode(matches: readonly Match[]): readonly (readonly Match[])[] {
  const groups: { readonly keys: Set<string>; readonly matches: Match[] }[] = [];
  for (const match of matches) {
    const { coding = [], text } = (match.resource.code ?? {}) as { coding?: readonly Coding[]; text?: string };
    const keys = coding.length > 0 ? coding.map(({ system = '', code = '' }) => `${system}|${code}`) : [`"${text ?? ''}"`];
    const known = groups.find((group) => keys.some((key) => group.keys.has(key)));
    if (known === undefined) groups.push({ keys: new Set(keys), matches: [match] });
    else {
      for (const key of keys) known.keys.add(key);
      known.matches.push(match);
    }
  }
  return groups.map((group) => group.matches);
}
