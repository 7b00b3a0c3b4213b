/** The embedded FHIR server as the upstream of a test. */
import {
  createFhirServer,
  type FhirServer,
  type FhirServerOptions,
  type RecordedRequest,
} from '../../src/demo/fhir-server/create-fhir-server.ts';
import type { Resource } from '../../src/fhir/resource.ts';

export interface TestUpstream {
  /** Base URL. */
  readonly url: string;
  /** Its store, and the faults to switch on. */
  readonly server: FhirServer;
  /** What was asked of it, oldest first. */
  readonly requests: readonly RecordedRequest[];
  close(): Promise<void>;
}

export async function startUpstream(
  resources: Iterable<Resource>,
  options: Omit<FhirServerOptions, 'resources'> = {},
): Promise<TestUpstream> {
  const server = createFhirServer({ ...options, resources });
  const url = await server.listen();
  return { url, server, requests: server.requests, close: () => server.close() };
}
