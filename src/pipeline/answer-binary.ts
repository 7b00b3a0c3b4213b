/**
 * A Binary is released only through what labels it (threats.md 22, 55): its security context and the documents that refer
 * to it. Every one of them must be given to the requester with the attachment in it; none found = withheld.
 */

import type { DecidedResource } from '../decide/decision.ts';
import { PrivityError } from '../errors.ts';
import { localReference, nameOf } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { type Answer, entityHeaders, obligationHeaders } from './answer.ts';
import { announced } from './answer-read.ts';
import { decideResources } from './decide-resources.ts';
import { fetchResources } from './fetch-resources.ts';
import { allLabels } from './label-resources.ts';
import { isGiven, releaseResources } from './release-resources.ts';
import { targetsOf } from './resource-subjects.ts';
import { inScope, requireScope } from './scope-gate.ts';
import { searchAll } from './search-upstream.ts';
import type { Session } from './session.ts';

const MAX_REFERRERS = 100;

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
  const { upstream } = session.deps;
  const { base } = upstream;
  const location = encodeURIComponent(`${reference},${base}/${reference}`);
  const documents = await searchAll(upstream, `DocumentReference?location=${location}`, MAX_REFERRERS, session.signal);
  const context = await fetchResources(session, targetsOf(binary, base));
  // What the content says of itself holds for every document that leads to it, whose subjects and authors it has none of.
  const declared = allLabels(session.deps.classify(binary, { store: base }));
  const referrers = await decideResources(session, [...documents, ...context.values()], [{ reference, rule: 'target', labels: declared }]);
  const lost = targetsOf(binary, base).length > context.size;
  const inherited = referrers.map((row) => ({
    reference: nameOf(row.labeled.resource),
    rule: 'referrer' as const,
    labels: allLabels(row.labeled),
  }));
  const [own] = await decideResources(session, [binary], inherited);
  if (own === undefined) throw new PrivityError('internal');
  const subjects = [...new Set([...own.subjects, ...referrers.flatMap((row) => row.subjects)])].sort();
  const released = await releaseResources(session, referrers);
  const open =
    referrers.length > 0 && !lost && released.every((resource) => resource !== undefined && stillRefers(resource, reference, session));
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

/** The security context need not hold the attachment; a document that was redacted of it no longer opens it. */
function stillRefers(resource: Resource, reference: string, session: Session): boolean {
  if (resource.resourceType !== 'DocumentReference') return true;
  const { publicBase } = session.deps;
  return ((resource.content ?? []) as { attachment?: { url?: string } }[]).some((content) => {
    const url = content.attachment?.url;
    return url !== undefined && localReference(url, publicBase) === reference;
  });
}
