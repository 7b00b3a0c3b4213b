/**
 * The whole flow of one FHIR request, after its token was verified (design.md section 3): gate, read, label, decide,
 * redact, log, answer. The log is durable before the answer exists for anyone else; an error at any step is an audited
 * refusal. Knows no HTTP framework.
 */
import { PrivityError } from './errors.ts';
import type { Interaction } from './fhir/interaction.ts';
import type { Answer } from './pipeline/answer.ts';
import { planBatch } from './pipeline/answer-batch.ts';
import { answerBinary } from './pipeline/answer-binary.ts';
import { answerHistory } from './pipeline/answer-history.ts';
import { answerOperation } from './pipeline/answer-operation.ts';
import { answerRead, answerVread } from './pipeline/answer-read.ts';
import { answerSearch } from './pipeline/answer-search.ts';
import { prepareTransaction } from './pipeline/answer-transaction.ts';
import { isWrite, planWrite } from './pipeline/answer-write.ts';
import { answerExisting } from './pipeline/answer-written.ts';
import { auditRecord } from './pipeline/audit-record.ts';
import { carryOutWrite } from './pipeline/carry-out-write.ts';
import { ATTEMPTS, decidedUnder, readAnew } from './pipeline/decided-under.ts';
import { answerExport, isExport } from './pipeline/export/answer-export.ts';
import { openSession, type PipelineDeps, type Session } from './pipeline/session.ts';
import { lockKeys } from './pipeline/write-condition.ts';
import type { CallerSignal } from './ports.ts';
import type { Requester } from './requester/requester.ts';

export interface FhirRequest {
  /** UUID of the audit event. */
  readonly id: string;
  readonly requestId: string;
  readonly traceId?: string;
  readonly address?: string;
  readonly requester: Requester;
  readonly interaction: Interaction;
  /** What a write answers with (RFC 7240, FHIR R4 section 3.1.0.5): the resource, unless the caller wants less. */
  readonly prefer?: 'minimal' | 'representation' | 'OperationOutcome';
  /** The caller accepts a Binary's content itself. */
  readonly raw: boolean;
  /** The caller will come back for the answer (RFC 7240 section 4.1). */
  readonly respondAsync?: boolean;
  /** An entry of a batch or transaction. */
  readonly inBundle?: boolean;
  readonly signal?: CallerSignal;
}

/** @throws PrivityError for every refusal, after it was logged */
export async function answer(deps: PipelineDeps, request: FhirRequest): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const session = openSession(deps, request.requester, request.signal);
    try {
      return await locked(session, request);
    } catch (error) {
      const stale = error instanceof PrivityError && error.code === 'decision-stale';
      if (!stale) throw error;
      await readAnew(session);
      if (attempt === ATTEMPTS) {
        await deps.audit.append(auditRecord(session, request, error.kind.status, error));
        throw error;
      }
    }
  }
}

/** Between the search of a conditional write and the write itself nobody else does the same. */
async function locked(session: Session, request: FhirRequest): Promise<Answer> {
  const keys = lockKeys(request.interaction, session.deps.publicBase);
  if (keys.length === 0) return answerOnce(session, request);
  let entered = false;
  try {
    return await session.deps.writes.lock.hold(keys, () => {
      entered = true;
      return answerOnce(session, request);
    });
  } catch (error) {
    if (!entered) await session.deps.audit.append(auditRecord(session, request, asRefusal(error).kind.status, asRefusal(error)));
    throw error;
  }
}

/** A plan is decided like an answer; only what passed is logged as intended, then done. */
async function answerOnce(session: Session, request: FhirRequest): Promise<Answer> {
  const outcome = await interact(session, request).then(
    (given) => ({ given, refused: undefined }),
    (error: unknown) => ({ given: undefined, refused: asRefusal(error) }),
  );
  if (outcome.given !== undefined && 'carryOut' in outcome.given) return outcome.given.carryOut();
  const status = outcome.given?.status ?? outcome.refused?.kind.status ?? 500;
  const record = auditRecord(session, request, status, outcome.refused);
  try {
    await session.deps.audit.append(record, await decidedUnder(session, record));
  } catch (error) {
    outcome.given?.stream?.close();
    throw error;
  }
  if (outcome.refused !== undefined) throw outcome.refused;
  return outcome.given as Answer;
}

function asRefusal(error: unknown): PrivityError {
  return error instanceof PrivityError ? error : new PrivityError('internal', undefined, { cause: error });
}

/** Nothing is done yet, and all of it is permitted. */
interface Later {
  readonly carryOut: () => Promise<Answer>;
}

async function interact(session: Session, request: FhirRequest): Promise<Answer | Later> {
  const { interaction, raw } = request;
  if (isWrite(interaction)) {
    const planned = await planWrite(session, interaction);
    if (planned.kind === 'existing') return answerExisting(session, planned, request.prefer);
    return { carryOut: () => carryOutWrite(session, request, planned.write) };
  }
  switch (interaction.kind) {
    case 'batch':
      return { carryOut: planBatch(session, request, interaction.bundle, entryOf(session, request)) };
    case 'transaction':
      return { carryOut: await prepareTransaction(session, request, interaction.bundle, entryOf(session, request)) };
    case 'read':
      if (interaction.type === 'Binary') return answerBinary(session, interaction.id, raw);
      return answerRead(session, interaction.type, interaction.id, interaction.parameters);
    case 'vread':
      if (interaction.type === 'Binary') throw new PrivityError('not-supported', 'vread of a Binary');
      return answerVread(session, interaction.type, interaction.id, interaction.version, interaction.parameters);
    case 'history-instance':
    case 'history-type':
    case 'history-system':
      return answerHistory(session, interaction);
    case 'search-type':
    case 'search-system':
      return answerSearch(session, interaction);
    case 'search-compartment':
      return answerSearch(session, { ...interaction, compartment: `Patient/${interaction.patient}` });
    case 'operation':
      return isExport(interaction) ? answerExport(session, request, interaction) : answerOperation(session, interaction);
    default:
      throw new PrivityError('not-supported', interaction.kind);
  }
}

/** An entry of a Bundle is a request of the same caller, with an event of its own in the log. */
function entryOf({ deps }: Session, request: FhirRequest): (interaction: Interaction) => Promise<Answer> {
  return (interaction) => answer(deps, { ...request, id: deps.writes.newEventId(), interaction, raw: false, inBundle: true });
}
