/**
 * update (FHIR R4 section 3.1.0.5): replaces what the caller sees whole, and nothing else; conditional too. An id is never the
 * caller's to give (threats.md 58): where there is nothing to update, the answer is the same 404 as for what is withheld.
 */
import { PrivityError } from '../errors.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import type { Resource } from '../fhir/resource.ts';
import { idOf, planCreate } from './answer-create.ts';
import type { Planned, PlannedWrite } from './planned-write.ts';
import { requireScope } from './scope-gate.ts';
import type { Session } from './session.ts';
import { acceptBody, refusePartialCopy } from './write-body.ts';
import { checkWrite, requireTypeRight } from './write-check.ts';
import { findOne } from './write-condition.ts';
import { type CurrentVersion, readCurrent } from './write-current.ts';
import { requireVisibleReferences } from './write-references.ts';
import { touchedSubjects } from './write-touches.ts';

export interface Update {
  readonly type: string;
  readonly id: string;
  readonly resource: Resource;
  readonly ifMatch?: string;
}

export async function planUpdate(session: Session, update: Update, within: ReadonlySet<string> = new Set()): Promise<Planned> {
  const scopes = requireScope(session.requester, 'update', update.type);
  requireTypeRight(session, update.type, [update.resource]);
  refusePartialCopy(update.resource);
  const body = acceptBody(session, update.resource);
  await requireVisibleReferences(session, body, within);
  const current = await readCurrent(session, scopes, update);
  return { kind: 'write', write: await replace(session, current, body) };
}

/** @param body valid, with the upstream's own URLs */
export async function replace(session: Session, current: CurrentVersion, body: Resource): Promise<PlannedWrite> {
  const { resourceType: type, id } = current.resource;
  const scopes = requireScope(session.requester, 'update', type);
  requireTypeRight(session, type, [current.resource, body]);
  const { lastUpdated: _old, ...meta } = body.meta ?? {};
  const next: Resource = { ...body, meta: { ...meta, versionId: current.version } };
  const decided = await checkWrite(session, scopes, 'update', next, current);
  const touches = await touchedSubjects(session, [current.resource, next]);
  return { method: 'PUT', type, id: idOf({ resourceType: type, id }), resource: next, ifMatch: current.version, decided, touches };
}

export interface ConditionalUpdate {
  readonly type: string;
  readonly condition: Pairs;
  readonly resource: Resource;
  readonly ifMatch?: string;
}

/** No match: a create, unless the body brings an id. @throws PrivityError `multiple-matches` */
export async function planConditionalUpdate(
  session: Session,
  { type, condition, resource, ifMatch }: ConditionalUpdate,
  within: ReadonlySet<string> = new Set(),
): Promise<Planned> {
  requireScope(session.requester, 'update', type);
  requireTypeRight(session, type, [resource]);
  refusePartialCopy(resource);
  acceptBody(session, resource);
  const found = await findOne(session, type, condition);
  if (found === undefined) {
    if (resource.id !== undefined || ifMatch !== undefined) throw new PrivityError('not-found');
    return planCreate(session, { type, resource }, within);
  }
  const id = idOf(found.resource);
  if (resource.id !== undefined && resource.id !== id) throw new PrivityError('invalid-body', 'id of the resource and of the match differ');
  const target = { type, id, resource: { ...resource, id } };
  return planUpdate(session, ifMatch === undefined ? target : { ...target, ifMatch }, within);
}
