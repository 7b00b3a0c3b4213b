/**
 * delete (FHIR R4 section 3.1.0.7): of what the caller sees whole, by the right of whoever may delete it; conditional for one
 * match only. What is absent and what is withheld are the same 404 (threats.md 58).
 */
import { PrivityError } from '../errors.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import { idOf } from './answer-create.ts';
import type { Planned } from './planned-write.ts';
import { requireScope } from './scope-gate.ts';
import type { Session } from './session.ts';
import { checkLaw, requireTypeRight } from './write-check.ts';
import { findOne } from './write-condition.ts';
import { readCurrent } from './write-current.ts';
import { requireProofRight } from './write-proof.ts';
import { touchedSubjects } from './write-touches.ts';

export interface Delete {
  readonly type: string;
  readonly id: string;
  readonly ifMatch?: string;
}

export async function planDelete(session: Session, target: Delete): Promise<Planned> {
  const { type, id } = target;
  const scopes = requireScope(session.requester, 'delete', type);
  requireTypeRight(session, type, []);
  const current = await readCurrent(session, scopes, target);
  requireTypeRight(session, type, [current.resource]);
  const decided = await checkLaw(session, 'delete', current);
  await requireProofRight(session, current.resource);
  const touches = await touchedSubjects(session, [current.resource]);
  return { kind: 'write', write: { method: 'DELETE', type, id, ifMatch: current.version, decided, touches } };
}

/** @throws PrivityError `multiple-matches`: several are never deleted at once */
export async function planConditionalDelete(
  session: Session,
  { type, condition }: { readonly type: string; readonly condition: Pairs },
): Promise<Planned> {
  requireScope(session.requester, 'delete', type);
  requireTypeRight(session, type, []);
  const found = await findOne(session, type, condition);
  if (found === undefined) throw new PrivityError('not-found');
  return planDelete(session, { type, id: idOf(found.resource) });
}
