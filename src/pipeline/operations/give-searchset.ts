/** The searchset with which an operation answers, from released matches alone, and what of it the log keeps. */
import type { BundleEntry } from '../../fhir/resource.ts';
import { releaseSearchset } from '../../redact/redact-bundle.ts';
import { type Answer, obligationHeaders } from '../answer.ts';
import type { Match } from '../search-stream.ts';
import type { Session } from '../session.ts';

/**
 * @param place path of the operation, below the FHIR base
 * @param score what a match's `search` element says more
 */
export function giveSearchset(
  session: Session,
  place: string,
  matches: readonly Match[],
  score?: (match: Match) => Partial<NonNullable<BundleEntry['search']>>,
): Answer {
  const decided = matches.map((match) => match.decided);
  session.recorded.push(...decided);
  const headers = obligationHeaders(decided);
  const { publicBase } = session.deps;
  const bundle = releaseSearchset({
    matches: matches.map(({ resource }) => resource),
    self: `${publicBase}/${place}`,
    total: matches.length,
    publicBase,
    redisclosure: 'x-redisclosure-notice' in headers,
  });
  if (score === undefined) return { status: 200, headers, resource: bundle };
  const entry = bundle.entry?.map((row, index) => {
    const match = matches[index];
    return match === undefined ? row : { ...row, search: { ...row.search, ...score(match) } };
  });
  return { status: 200, headers, resource: { ...bundle, ...(entry === undefined ? {} : { entry }) } };
}
