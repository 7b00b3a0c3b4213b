/** create (FHIR R4 section 3.1.0.8), conditional too: what the caller finds already there is given instead. */
import { PrivityError } from '../errors.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Planned } from './planned-write.ts';
import { requireScope } from './scope-gate.ts';
import type { Session } from './session.ts';
import { acceptBody } from './write-body.ts';
import { checkWrite, requireTypeRight } from './write-check.ts';
import { findOne } from './write-condition.ts';
import { requireVisibleReferences } from './write-references.ts';
import { touchedSubjects } from './write-touches.ts';

export interface Create {
  readonly type: string;
  readonly resource: Resource;
  readonly condition?: Pairs;
}

/** @param within resources of the same transaction, by the reference that stands for them while it is decided */
export async function planCreate(
  session: Session,
  { type, resource, condition }: Create,
  within: ReadonlySet<string> = new Set(),
): Promise<Planned> {
  const scopes = requireScope(session.requester, 'create', type);
  requireTypeRight(session, type, [resource]);
  const { id: _ignored, ...rest } = acceptBody(session, resource);
  if (condition !== undefined) {
    const found = await findOne(session, type, condition);
    if (found !== undefined) return { kind: 'existing', type, id: idOf(found.resource), found };
  }
  const body: Resource = rest;
  await requireVisibleReferences(session, body, within);
  const decided = await checkWrite(session, scopes, 'create', body);
  return { kind: 'write', write: { method: 'POST', type, resource: body, decided, touches: await touchedSubjects(session, [body]) } };
}

export function idOf({ id }: Resource): string {
  if (id === undefined) throw new PrivityError('upstream-invalid', 'no id');
  return id;
}
