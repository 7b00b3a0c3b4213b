/**
 * The answer to a write is a read (design.md 4.6; threats.md 27): the body is decided and redacted for whoever may read it at
 * all; anyone else learns where it is, and no more.
 */
import type { DecidedResource } from '../decide/decision.ts';
import { PrivityError } from '../errors.ts';
import type { Resource } from '../fhir/resource.ts';
import type { FhirRequest } from '../pipeline.ts';
import { scopePermits } from '../requester/scope-permits.ts';
import { type Answer, entityHeaders, obligationHeaders } from './answer.ts';
import { decideResources } from './decide-resources.ts';
import { fetchResources } from './fetch-resources.ts';
import type { Planned } from './planned-write.ts';
import { releaseResources } from './release-resources.ts';
import { inScope } from './scope-gate.ts';
import type { Session } from './session.ts';
import { isSeenWhole } from './write-current.ts';
import type { Written } from './written.ts';

type Prefer = FhirRequest['prefer'];

/** What was done, without a body. */
export function bareAnswer({ deps }: Pick<Session, 'deps'>, { type, id, version, created, write }: Written): Answer {
  if (write.method === 'DELETE') return { status: 204, headers: {} };
  const place = `${deps.publicBase}/${type}/${id}${version === undefined ? '' : `/_history/${version}`}`;
  return {
    status: created ? 201 : 200,
    headers: {
      ...(created ? { location: place } : {}),
      'content-location': place,
      ...(version === undefined ? {} : { etag: `W/"${version}"` }),
    },
  };
}

/** @param session opened after the write, so that it reads what is in force now */
export async function answerWritten(session: Session, written: Written, prefer: Prefer): Promise<Answer> {
  const bare = bareAnswer(session, written);
  const back = prefer === undefined || prefer === 'representation' ? await readBack(session, written) : undefined;
  session.recorded.push(back?.decided ?? asWritten(written));
  if (back === undefined) return written.write.method === 'DELETE' ? bare : withOutcome(bare, prefer);
  const { etag: _etag, ...headers } = bare.headers;
  const own = entityHeaders(back.released, isSeenWhole(session, back.resource, back.released));
  return { status: bare.status, headers: { ...headers, ...own, ...obligationHeaders([back.decided]) }, resource: back.released };
}

/** A conditional create that found one: given as it was found. */
export function answerExisting(session: Session, { type, id, found }: Extract<Planned, { kind: 'existing' }>, prefer: Prefer): Answer {
  session.recorded.push(found.decided);
  const { resource, decided } = found;
  const version = resource.meta?.versionId;
  const place = `${session.deps.publicBase}/${type}/${id}${version === undefined ? '' : `/_history/${version}`}`;
  const bare: Answer = { status: 200, headers: { location: place, 'content-location': place } };
  const readable = (prefer === undefined || prefer === 'representation') && mayRead(session, resource, decided);
  if (!readable) return withOutcome(bare, prefer);
  const whole = isSeenWhole(session, decided.labeled.resource, resource);
  return { ...bare, headers: { ...bare.headers, ...entityHeaders(resource, whole), ...obligationHeaders([decided]) }, resource };
}

function withOutcome(bare: Answer, prefer: Prefer): Answer {
  if (prefer !== 'OperationOutcome') return bare;
  const issue = [{ severity: 'information', code: 'informational', details: { text: 'Done.' } }];
  return { ...bare, resource: { resourceType: 'OperationOutcome', issue } };
}

interface ReadBack {
  readonly resource: Resource;
  readonly decided: DecidedResource;
  readonly released: Resource;
}

/** Nothing where it may not be read, or can't be: the write is done all the same. A Binary is read by what refers to it. */
async function readBack(session: Session, written: Written): Promise<ReadBack | undefined> {
  const { type, id, write } = written;
  if (write.method === 'DELETE' || type === 'Binary' || scopePermits(session.requester.scopes, 'read', type).length === 0) return undefined;
  const reference = `${type}/${id}`;
  try {
    if (written.resource !== undefined) session.resources.set(reference, Promise.resolve(written.resource));
    const resource = (await fetchResources(session, [reference])).get(reference);
    if (resource === undefined) return undefined;
    const [decided] = await decideResources(session, [resource]);
    const [released] = decided === undefined ? [] : await releaseResources(session, [decided]);
    if (decided === undefined || released === undefined || !mayRead(session, released, decided)) return undefined;
    return { resource, decided, released };
  } catch (error) {
    if (error instanceof PrivityError && error.kind.status >= 500) return undefined;
    throw error;
  }
}

function mayRead({ requester }: Session, released: Resource, { subjects }: DecidedResource): boolean {
  return inScope(requester, scopePermits(requester.scopes, 'read', released.resourceType), released, subjects);
}

/** The decision that permitted the write, under the name that the resource has by now. */
function asWritten({ type, id, version, write }: Written): DecidedResource {
  const { decided } = write;
  const subjects = type === 'Patient' ? [`Patient/${id}`] : decided.subjects;
  const { resource } = decided.labeled;
  const meta = version === undefined ? resource.meta : { ...resource.meta, versionId: version };
  return { ...decided, subjects, labeled: { ...decided.labeled, resource: { ...resource, id, ...(meta === undefined ? {} : { meta }) } } };
}
