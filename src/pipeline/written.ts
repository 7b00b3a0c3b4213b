/** What a write made, read from the upstream's answer: id and version from the resource, else from its headers. */
import { PrivityError } from '../errors.ts';
import { parseReference } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import type { PlannedWrite } from './planned-write.ts';

export interface Written {
  readonly type: string;
  readonly id: string;
  readonly version?: string;
  /** As the upstream keeps it, where it said so. */
  readonly resource?: Resource;
  readonly created: boolean;
  readonly write: PlannedWrite;
}

export interface UpstreamSays {
  readonly status: number;
  readonly resource?: Resource;
  readonly location?: string;
  readonly etag?: string;
}

/** @throws PrivityError `write-unconfirmed` where the upstream does not say what it made */
export function readWritten(write: PlannedWrite, { status, resource, location, etag }: UpstreamSays): Written {
  const { type } = write;
  const kept = resource?.resourceType === type && resource.id !== undefined && type !== 'OperationOutcome' ? resource : undefined;
  const named = parseReference(location?.replace(/\/+$/, '') ?? '');
  const place = named?.type === type ? named : undefined;
  const id = write.id ?? kept?.id ?? place?.id;
  if (id === undefined || (kept !== undefined && kept.id !== id)) throw new PrivityError('write-unconfirmed');
  const version = kept?.meta?.versionId ?? place?.version ?? /^W\/"([A-Za-z0-9\-.]{1,64})"$/.exec(etag ?? '')?.[1];
  return {
    type,
    id,
    ...(version === undefined ? {} : { version }),
    ...(kept === undefined ? {} : { resource: kept }),
    created: write.method === 'POST' || status === 201,
    write,
  };
}
