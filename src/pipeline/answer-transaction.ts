/**
 * transaction (FHIR R4 section 3.1.0.11.2): all entries were checked; what is left is one transaction of plain writes for the
 * upstream, logged before and after as one. Reads are answered when all is written, each as a request of its own.
 */
import { PrivityError } from '../errors.ts';
import type { BundleEntry, Resource } from '../fhir/resource.ts';
import type { FhirRequest } from '../pipeline.ts';
import type { UpstreamAnswer } from '../ports.ts';
import type { Answer } from './answer.ts';
import type { AnswerEntry } from './answer-batch.ts';
import { answerExisting, answerWritten, bareAnswer } from './answer-written.ts';
import { answeredEntry, type ResponseEntry, refusedEntry, responseBundle } from './bundle-response.ts';
import { logDoneWrite, logIntent, logRefusedWrite } from './log-write.ts';
import { type PlannedEntry, type PlannedTransaction, planTransaction } from './plan-transaction.ts';
import type { PlannedWrite } from './planned-write.ts';
import { sendWrite } from './send-write.ts';
import type { Session } from './session.ts';
import { type TransactionNames, withNames } from './transaction-names.ts';
import { readWritten, type Written } from './written.ts';

/** @throws PrivityError that of the first entry refused: then nothing is written */
export async function prepareTransaction(
  session: Session,
  request: FhirRequest,
  bundle: Resource,
  answerEntry: AnswerEntry,
): Promise<() => Promise<Answer>> {
  const transaction = await planTransaction(session, bundle);
  return () => carryOut(session, request, transaction, answerEntry);
}

async function carryOut(
  session: Session,
  request: FhirRequest,
  { entries, names }: PlannedTransaction,
  answerEntry: AnswerEntry,
): Promise<Answer> {
  await logIntent(session, request);
  const written = await send(session, entries, names).catch((error: unknown) =>
    logRefusedWrite(
      session,
      request,
      error instanceof PrivityError ? error : new PrivityError('write-unconfirmed', undefined, { cause: error }),
    ),
  );
  const answers = new Map<PlannedEntry, Answer>();
  const give = async (after: Session, answerOf: (made: Written) => Promise<Answer> | Answer): Promise<Answer> => {
    for (const entry of entries) {
      const made = written.get(entry);
      if (made !== undefined) answers.set(entry, await answerOf(made));
      else if (entry.planned?.kind === 'existing') answers.set(entry, answerExisting(after, entry.planned, request.prefer));
    }
    return { status: 200, headers: {} };
  };
  await logDoneWrite(
    session.deps,
    request,
    (after) => give(after, (made) => answerWritten(after, made, request.prefer)),
    (after) => {
      for (const [entry, made] of written) answers.set(entry, bareAnswer(after, made));
      return { status: 200, headers: {} };
    },
  );
  const given: ResponseEntry[] = [];
  for (const entry of entries) given.push(await entryOf(entry, answers, answerEntry));
  return responseBundle('transaction', given, [...answers.values()]);
}

async function entryOf(entry: PlannedEntry, answers: Map<PlannedEntry, Answer>, answerEntry: AnswerEntry): Promise<ResponseEntry> {
  try {
    const answer = answers.get(entry) ?? (await answerEntry(entry.interaction));
    answers.set(entry, answer);
    return answeredEntry(answer, entry.planned === undefined ? entry.ifNoneMatch : undefined);
  } catch (error) {
    if (error instanceof PrivityError) return refusedEntry(error);
    throw error;
  }
}

/** @returns what became of each write @throws PrivityError as `sendWrite` */
async function send(
  { deps }: Session,
  entries: readonly PlannedEntry[],
  names: TransactionNames,
): Promise<ReadonlyMap<PlannedEntry, Written>> {
  const writes = entries.flatMap((entry) => (entry.planned?.kind === 'write' ? [{ entry, write: entry.planned.write }] : []));
  if (writes.length === 0) return new Map();
  const touches = [...new Set(writes.flatMap(({ write }) => write.touches))].filter((subject) => !names.standIns.has(subject)).sort();
  const entry = writes.map(({ entry: { name }, write }) => requestOf(write, name, names));
  const answer = await sendWrite(deps, touches, {
    method: 'POST',
    path: '',
    resource: { resourceType: 'Bundle', type: 'transaction', entry },
  });
  const made = responsesOf(answer);
  if (made.length !== writes.length) throw new PrivityError('write-unconfirmed');
  return named(new Map(writes.map(({ entry, write }, index) => [entry, readOne(write, made[index])])), names);
}

function requestOf({ method, type, id, resource, ifMatch }: PlannedWrite, name: string | undefined, names: TransactionNames) {
  return {
    ...(name === undefined || method !== 'POST' ? {} : { fullUrl: name }),
    ...(resource === undefined ? {} : { resource: withNames(resource, names) }),
    request: { method, url: id === undefined ? type : `${type}/${id}`, ...(ifMatch === undefined ? {} : { ifMatch: `W/"${ifMatch}"` }) },
  };
}

function responsesOf({ resource }: UpstreamAnswer): readonly BundleEntry[] {
  return resource?.resourceType === 'Bundle' && Array.isArray(resource.entry) ? resource.entry : [];
}

function readOne(write: PlannedWrite, entry: BundleEntry | undefined): Written {
  const { status = '', location, etag } = entry?.response ?? {};
  const says = Number(status.slice(0, 3));
  if (!(says >= 200 && says < 300)) throw new PrivityError('write-unconfirmed');
  return readWritten(write, { status: says, resource: entry?.resource, location, etag });
}

/** What stood for a patient is that patient now. */
function named(written: ReadonlyMap<PlannedEntry, Written>, { places }: TransactionNames): ReadonlyMap<PlannedEntry, Written> {
  const real = new Map([...written].map(([{ name = '' }, { type, id }]) => [places.get(name), `${type}/${id}`]));
  const settle = ({ decided, ...write }: PlannedWrite): PlannedWrite => {
    const subjects = decided.subjects.map((subject) => real.get(subject) ?? subject);
    return { ...write, decided: { ...decided, subjects } };
  };
  return new Map([...written].map(([entry, made]) => [entry, { ...made, write: settle(made.write) }]));
}
