/**
 * Two rows for a write (design.md section 5): the intent, durable before anything is sent, and the outcome under the same
 * request id. A write that the log does not know of can't happen; one whose outcome is not there has an unknown outcome.
 */
import type { AuditRecord } from '../audit/record.ts';
import { PrivityError } from '../errors.ts';
import type { FhirRequest } from '../pipeline.ts';
import type { Answer } from './answer.ts';
import { auditRecord } from './audit-record.ts';
import { ATTEMPTS, decidedUnder, readAnew } from './decided-under.ts';
import { openSession, type PipelineDeps, type Session } from './session.ts';

/** HTTP's own word for it: go on, nothing is answered yet. */
const CONTINUE = 100;

/** @throws PrivityError `audit-unavailable`, `decision-stale`: then nothing is sent */
export async function logIntent(session: Session, request: FhirRequest): Promise<void> {
  const record: AuditRecord = { ...auditRecord(session, request, CONTINUE, undefined), reason: 'intent' };
  await session.deps.audit.append(record, await decidedUnder(session, record));
}

/** @param session that of the intent; @throws PrivityError what was refused, once it is logged */
export async function logRefusedWrite(session: Session, request: FhirRequest, refused: PrivityError): Promise<never> {
  const record = outcomeOf(session, request, refused.kind.status, refused);
  await session.deps.audit.append(record);
  throw refused;
}

/**
 * Gives the answer of a write that was done, and logs it as what it is: a disclosure.
 * @param give reads back in a session opened after the write
 * @param bare the same without anything read
 * @throws PrivityError `write-unconfirmed` where the outcome can't be logged
 */
export async function logDoneWrite(
  deps: PipelineDeps,
  request: FhirRequest,
  give: (session: Session) => Promise<Answer>,
  bare: (session: Session) => Answer,
): Promise<Answer> {
  // The caller may be gone; the log still gets its row.
  const open = () => openSession(deps, request.requester);
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const session = open();
      const answer = await give(session);
      const record = outcomeOf(session, request, answer.status, undefined);
      if (await isLogged(deps, record, session)) return answer;
      await readAnew(session);
    }
    const session = open();
    const answer = bare(session);
    await deps.audit.append(outcomeOf(session, request, answer.status, undefined));
    return answer;
  } catch (cause) {
    throw new PrivityError('write-unconfirmed', undefined, { cause });
  }
}

async function isLogged(deps: PipelineDeps, record: AuditRecord, session: Session): Promise<boolean> {
  try {
    await deps.audit.append(record, await decidedUnder(session, record));
    return true;
  } catch (error) {
    if (error instanceof PrivityError && error.code === 'decision-stale') return false;
    throw error;
  }
}

function outcomeOf(session: Session, request: FhirRequest, status: number, refused: PrivityError | undefined): AuditRecord {
  const { deps } = session;
  const recordedAt = new Date(deps.clock.now()).toISOString();
  return { ...auditRecord(session, request, status, refused), id: deps.writes.newEventId(), recordedAt };
}
