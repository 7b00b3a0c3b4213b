/** What bulk access needs from outside: the upstream's own export, and the jobs that were begun through this gateway. */
import type { Resource } from '../../fhir/resource.ts';
import type { CallerSignal } from '../../ports.ts';

/** Bulk data of the upstream (HL7 Bulk Data Access 2.0) as it comes: nothing of it is decided yet. */
export interface BulkUpstream {
  /**
   * @param path relative to the base: `Group/g1/$export?_type=…`
   * @param body a Parameters resource, for what a URL can not say
   * @returns where the upstream tells how far it is
   * @throws PrivityError `not-supported` where the upstream does no export; as `Upstream.get`
   */
  start(path: string, body?: Resource): Promise<string>;
  /** @returns `undefined` while it is under way. @throws PrivityError `not-found` where it is gone, `upstream-invalid` */
  poll(statusUrl: string): Promise<UpstreamManifest | undefined>;
  /** Ends it, where the upstream can. */
  cancel(statusUrl: string): Promise<void>;
  /** One resource after the other, read no faster than asked for. @throws PrivityError `upstream-invalid`, `upstream-unavailable` */
  read(fileUrl: string, signal?: CallerSignal): AsyncIterable<ExportedLine>;
}

export interface UpstreamManifest {
  /** FHIR instant. */
  readonly transactionTime: string;
  readonly output: readonly UpstreamFile[];
}

export interface UpstreamFile {
  readonly type: string;
  readonly url: string;
}

export interface ExportedLine {
  readonly resource: Resource;
  /** Length of its text. */
  readonly size: number;
}

export interface ExportJob {
  /** UUID. */
  readonly id: string;
  /** Whose it is: issuer, requester and client as one text. */
  readonly holder: string;
  /** The request as it was made, for the manifest. */
  readonly request: string;
  readonly types: readonly string[];
  readonly statusUrl: string;
  readonly manifest?: UpstreamManifest;
}

/** Shared by the replicas of an installation. All throw PrivityError `audit-unavailable` where they can't be reached. */
export interface ExportJobs {
  /** @throws PrivityError `too-many-requests` where the holder has too many */
  add(job: Omit<ExportJob, 'manifest'>, at: string): Promise<void>;
  /** @returns `undefined` for somebody else's as for none */
  find(id: string, holder: string, at: string): Promise<ExportJob | undefined>;
  complete(id: string, manifest: UpstreamManifest): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface ExportDeps {
  readonly upstream: BulkUpstream;
  readonly jobs: ExportJobs;
  /** Files given at the same time. */
  readonly files: { open: number; readonly max: number };
}
