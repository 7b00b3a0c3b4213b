/**
 * batch (FHIR R4 section 3.1.0.11): each entry is a request of its own by the same caller, decided, logged and answered as one
 * (threats.md 31); one that is refused does not stop the others.
 */
import { PrivityError } from '../errors.ts';
import type { Interaction } from '../fhir/interaction.ts';
import { entriesOf, readEntry } from '../fhir/read-entry.ts';
import type { Json, Resource } from '../fhir/resource.ts';
import type { FhirRequest } from '../pipeline.ts';
import type { Answer } from './answer.ts';
import { auditRecord } from './audit-record.ts';
import { answeredEntry, type ResponseEntry, refusedEntry, responseBundle } from './bundle-response.ts';
import type { Session } from './session.ts';

/** Answers one entry as a request of the same caller. */
export type AnswerEntry = (interaction: Interaction) => Promise<Answer>;

/** @throws PrivityError `too-large`, `invalid-body`, for the whole */
export function planBatch(session: Session, request: FhirRequest, bundle: Resource, answerEntry: AnswerEntry): () => Promise<Answer> {
  const entries = entriesOf(bundle, session.deps.writes.maxEntries);
  return async () => {
    await session.deps.audit.append(auditRecord(session, request, 200, undefined));
    const answers: Answer[] = [];
    const given: ResponseEntry[] = [];
    for (const entry of entries) given.push(await answerOne(session, request, entry, answerEntry, answers));
    return responseBundle('batch', given, answers);
  };
}

async function answerOne(
  session: Session,
  request: FhirRequest,
  entry: Json,
  answerEntry: AnswerEntry,
  answers: Answer[],
): Promise<ResponseEntry> {
  try {
    const { interaction, ifNoneMatch } = await readOne(session, request, entry);
    const answer = await answerEntry(interaction);
    answers.push(answer);
    return answeredEntry(answer, ifNoneMatch);
  } catch (error) {
    if (error instanceof PrivityError) return refusedEntry(error);
    throw error;
  }
}

/** What is no request never gets to a flow that would log it. */
async function readOne(session: Session, request: FhirRequest, entry: Json) {
  const { deps } = session;
  try {
    return readEntry(entry, deps.publicBase);
  } catch (error) {
    if (!(error instanceof PrivityError)) throw error;
    await deps.audit.append({ ...auditRecord(session, request, error.kind.status, error), id: deps.writes.newEventId() });
    throw error;
  }
}
