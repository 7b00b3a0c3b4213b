/**
 * One file of a bulk export, line by line: read, labelled, decided, redacted and logged in batches, each batch under the policy
 * and the consents of its own moment and durable in the log before its first byte leaves. Memory holds one batch; the next is
 * read when the caller took this one.
 */
import { PrivityError } from '../../errors.ts';
import type { FhirRequest } from '../../pipeline.ts';
import { REDISCLOSURE_NOTICE } from '../../redact/notices.ts';
import type { Scope } from '../../requester/requester.ts';
import type { Answer } from '../answer.ts';
import { auditRecord } from '../audit-record.ts';
import { decideResources } from '../decide-resources.ts';
import { ATTEMPTS, decidedUnder, readAnew } from '../decided-under.ts';
import { releaseResources } from '../release-resources.ts';
import { inScope } from '../scope-gate.ts';
import { openSession, type Session } from '../session.ts';
import type { ExportDeps, ExportedLine, UpstreamFile } from './export-deps.ts';

const BATCH = { lines: 200, characters: 1_048_576 } as const;

interface FileAsked {
  readonly type: string;
  /** Of the whole export. */
  readonly files: readonly UpstreamFile[];
  readonly scopes: readonly Scope[];
}

/**
 * The answer is logged as given before its first line is read; each batch of lines has rows of its own.
 * @throws PrivityError `too-many-requests` where as many files as may be are under way
 */
export function giveExportFile(session: Session, deps: ExportDeps, request: FhirRequest, asked: FileAsked): Answer {
  const { files } = deps;
  if (files.open >= files.max) throw new PrivityError('too-many-requests', 'files of exports at a time');
  files.open += 1;
  let isOpen = true;
  const close = () => {
    if (isOpen) files.open -= 1;
    isOpen = false;
  };
  return {
    status: 200,
    // What is inside is not known yet: the notice goes with every file (42 CFR 2.32(a)(2)).
    headers: { 'x-redisclosure-notice': REDISCLOSURE_NOTICE },
    stream: { type: 'application/fhir+ndjson', chunks: chunksOf(session, deps, request, asked, close), close },
  };
}

async function* chunksOf(
  session: Session,
  deps: ExportDeps,
  request: FhirRequest,
  asked: FileAsked,
  close: () => void,
): AsyncGenerator<string> {
  try {
    const urls = asked.files.filter(({ type }) => type === asked.type).map(({ url }) => url);
    for (const url of urls) {
      for await (const batch of batchesOf(deps.upstream.read(url, session.signal))) {
        const text = await release(session, request, asked, batch);
        if (text !== '') yield text;
      }
    }
  } finally {
    close();
  }
}

async function* batchesOf(lines: AsyncIterable<ExportedLine>): AsyncGenerator<readonly ExportedLine[]> {
  let batch: ExportedLine[] = [];
  let characters = 0;
  for await (const line of lines) {
    batch.push(line);
    characters += line.size;
    if (batch.length < BATCH.lines && characters < BATCH.characters) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

async function release({ deps, signal }: Session, request: FhirRequest, asked: FileAsked, batch: readonly ExportedLine[]): Promise<string> {
  const event = { ...request, id: deps.writes.newEventId() };
  for (let attempt = 1; ; attempt += 1) {
    const session = openSession(deps, request.requester, signal);
    try {
      const text = await releaseOnce(session, asked, batch);
      const record = auditRecord(session, event, 200, undefined);
      await deps.audit.append(record, await decidedUnder(session, record));
      return text;
    } catch (error) {
      const refused = error instanceof PrivityError ? error : new PrivityError('internal', undefined, { cause: error });
      if (refused.code !== 'decision-stale' || attempt === ATTEMPTS) {
        await deps.audit.append(auditRecord(session, event, refused.kind.status, refused));
        throw refused;
      }
      await readAnew(session);
    }
  }
}

async function releaseOnce(session: Session, { type, scopes }: FileAsked, batch: readonly ExportedLine[]): Promise<string> {
  const resources = batch.map(({ resource }) => resource);
  if (resources.some((resource) => resource.resourceType !== type || resource.id === undefined))
    throw new PrivityError('upstream-invalid', 'a line of another type');
  const decided = await decideResources(session, resources);
  const released = await releaseResources(session, decided);
  const lines = decided.flatMap((row, index) => {
    const resource = released[index];
    if (resource !== undefined && !inScope(session.requester, scopes, resource, row.subjects)) return [];
    session.recorded.push(row);
    return resource === undefined ? [] : [`${JSON.stringify(resource)}\n`];
  });
  return lines.join('');
}
