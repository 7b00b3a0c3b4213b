/**
 * A Binary is released only through what labels it (threats.md 22, 55): its security context and whatever has it as an
 * attachment. Every one of them must be given to the requester with the attachment in it; none found, or nobody whom they are
 * about = withheld.
 */

import type { DecidedResource } from '../decide/decision.ts';
import { PrivityError } from '../errors.ts';
import { nameOf } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { type Answer, entityHeaders, obligationHeaders } from './answer.ts';
import { announced } from './answer-read.ts';
import { decideResources } from './decide-resources.ts';
import { fetchResources } from './fetch-resources.ts';
import { findReferrers } from './find-referrers.ts';
import { allLabels } from './label-resources.ts';
import { countNames, type NamesBinary, namesBinary } from './names-binary.ts';
import { isGiven, releaseResources } from './release-resources.ts';
import { targetsOf } from './resource-subjects.ts';
import { inScope, requireScope } from './scope-gate.ts';
import type { Session } from './session.ts';

/** @param raw the caller accepts the content itself rather than a Binary resource */
export async function answerBinary(session: Session, id: string, raw: boolean): Promise<Answer> {
  const scopes = requireScope(session.requester, 'read', 'Binary');
  const binary = (await fetchResources(session, [`Binary/${id}`])).get(`Binary/${id}`);
  if (binary === undefined) throw new PrivityError('not-found');
  const decided = await decideBinary(session, binary);
  session.recorded.push(decided);
  const [released] = await releaseResources(session, [decided]);
  if (released === undefined) throw decided.decision.withheldAs === 'announce' ? announced(decided) : new PrivityError('not-found');
  if (!inScope(session.requester, scopes, released, decided.subjects)) throw new PrivityError('not-found');
  const headers = { ...entityHeaders(released, released === binary), ...obligationHeaders([decided]) };
  if (!raw || typeof released.data !== 'string') return { status: 200, headers, resource: released };
  return { status: 200, headers, content: { type: contentType(released), bytes: Buffer.from(released.data, 'base64') } };
}

/** A Binary's own content type, unless it is none or would run as a page in the caller's browser. */
function contentType(binary: Resource): string {
  const type = String(binary.contentType ?? '');
  return /^[\w.+-]+\/[\w.+-]+(; ?[\w-]+=[\w-]+)*$/.test(type) ? type : 'application/octet-stream';
}

export async function decideBinary(session: Session, binary: Resource): Promise<DecidedResource> {
  const reference = `Binary/${binary.id}`;
  const { base } = session.deps.upstream;
  const context = await fetchResources(session, targetsOf(binary, base));
  const found = await findReferrers(session, String(binary.id), [...context.values()]);
  // What the content says of itself holds for every document that leads to it, whose subjects and authors it has none of.
  const declared = allLabels(session.deps.classify(binary, { store: base }));
  const naming = [...new Map([...found.resources, ...context.values()].map((resource) => [nameOf(resource), resource])).values()];
  const referrers = await decideResources(session, naming, [{ reference, rule: 'target', labels: declared }]);
  const lost = binary.securityContext !== undefined && context.size === 0;
  const inherited = referrers.map((row) => ({
    reference: nameOf(row.labeled.resource),
    rule: 'referrer' as const,
    labels: allLabels(row.labeled),
  }));
  const [own] = await decideResources(session, [binary], inherited);
  if (own === undefined) throw new PrivityError('internal');
  const subjects = [...new Set([...own.subjects, ...referrers.flatMap((row) => row.subjects)])].sort();
  const released = await releaseResources(session, referrers);
  const names = namesBinary(String(binary.id));
  const isStill = (resource: Resource | undefined, row: DecidedResource | undefined) =>
    resource !== undefined && row !== undefined && stillNames(resource, row.labeled.resource, names);
  const isTold = referrers.length > 0 && found.subjects.length > 0;
  const open = isTold && !lost && released.every((resource, index) => isStill(resource, referrers[index]));
  const refusing = referrers.find((row) => !isGiven(row));
  if (!open) {
    const { withheldAs = 'hide', basis } = (refusing ?? own).decision;
    return { ...own, subjects, decision: { ...own.decision, effect: 'withhold', remove: [], withheldAs, basis } };
  }
  // What opens it are the documents: the Binary itself names neither subject nor author.
  const [first] = referrers;
  const obligations = [...new Set(referrers.flatMap((row) => row.decision.obligations))];
  return { ...own, subjects, decision: { ...(first ?? own).decision, effect: 'permit', remove: [], view: undefined, obligations } };
}

/** What was redacted of the attachment no longer opens it. Only a security context need not hold it, a document must. */
function stillNames(released: Resource, whole: Resource, names: NamesBinary): boolean {
  const count = countNames(released, names);
  return count >= countNames(whole, names) && (count > 0 || whole.resourceType !== 'DocumentReference');
}
