/**
 * Page links (FHIR R4 section 3.1.0.1.7): sealed, so that nobody else can use, read or change them, and every page is
 * decided anew (threats.md 23). A link carries its token and nothing else.
 */
import { PrivityError } from '../errors.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import type { PageContent } from '../ports.ts';
import type { Session } from './session.ts';

/** What clients add to every URL; it does not change what is asked. */
const HARMLESS = new Set(['_format', '_pretty']);
/** A longer link would not come back through this gateway's own door. */
const MAX_LINK = 7_500;

/** @returns the parameters that say what is asked */
export function askedOf(parameters: Pairs): Pairs {
  return parameters.filter(([name]) => !HARMLESS.has(name));
}

/**
 * @param place path of what is searched, below the FHIR base: `Patient/p1/Observation`
 * @returns `undefined` where the request is no page link
 * @throws PrivityError `page-expired`; `invalid-parameter` for anything beside the token
 */
export async function openPage(session: Session, place: string, parameters: Pairs): Promise<PageContent | undefined> {
  const asked = askedOf(parameters);
  const token = asked.find(([name]) => name === '_page');
  if (token === undefined) return undefined;
  if (asked.length > 1) throw new PrivityError('invalid-parameter', '_page stands alone');
  return session.deps.sealer.open(token[1], holderOf(session, place));
}

/** @returns the absolute URL of the page that `content` tells of */
export async function pageLink(session: Session, place: string, content: PageContent): Promise<string> {
  const { publicBase, sealer } = session.deps;
  const token = await sealer.seal(content, holderOf(session, place));
  const link = `${publicBase}${place === '' ? '' : `/${place}`}?_page=${token}`;
  if (link.length > MAX_LINK)
    throw new PrivityError('too-large', 'parameters of a search with more than one page: ask for a larger _count');
  return link;
}

/** Whoever changes token, purpose, roles or scopes asks anew. */
function holderOf({ requester, deps }: Session, place: string): string {
  const { issuer, id, clientId, roles, purpose, scopes, launchPatient, fhirUser } = requester;
  const authority = [issuer, id, clientId, roles, purpose, scopes.map((scope) => scope.text), launchPatient, fhirUser];
  return JSON.stringify([deps.publicBase, place, ...authority]);
}
