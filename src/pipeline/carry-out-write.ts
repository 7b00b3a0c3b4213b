/** Logs, sends and answers one planned write (design.md section 3: audit the intent; forward; decide what comes back; audit the outcome). */
import { PrivityError } from '../errors.ts';
import type { FhirRequest } from '../pipeline.ts';
import type { Answer } from './answer.ts';
import { answerWritten, bareAnswer } from './answer-written.ts';
import { logDoneWrite, logIntent, logRefusedWrite } from './log-write.ts';
import type { PlannedWrite } from './planned-write.ts';
import { sendWrite } from './send-write.ts';
import type { Session } from './session.ts';
import { readWritten, type Written } from './written.ts';

/** @throws PrivityError every refusal, once it is logged; `decision-stale` before anything was sent */
export async function carryOutWrite(session: Session, request: FhirRequest, write: PlannedWrite): Promise<Answer> {
  await logIntent(session, request);
  const written = await send(session, write).catch((error: unknown) => logRefusedWrite(session, request, asRefusal(error)));
  return logDoneWrite(
    session.deps,
    request,
    (after) => answerWritten(after, written, request.prefer),
    (after) => bareAnswer(after, written),
  );
}

async function send({ deps }: Session, write: PlannedWrite): Promise<Written> {
  const { method, type, id, resource, ifMatch } = write;
  const {
    status,
    headers,
    resource: kept,
  } = await sendWrite(deps, write.touches, {
    method,
    path: id === undefined ? type : `${type}/${id}`,
    ...(resource === undefined ? {} : { resource }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
  });
  return readWritten(write, { status, resource: kept, location: headers.location, etag: headers.etag });
}

function asRefusal(error: unknown): PrivityError {
  return error instanceof PrivityError ? error : new PrivityError('write-unconfirmed', undefined, { cause: error });
}
