/**
 * Fills a FHIR server with the demo's patients, for `docker/compose.yaml`: waits until it answers, then one transaction
 * of earlier versions (so that a revoked Consent has a history) and one of all resources, each a PUT under its own id.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Resource } from '../../fhir/resource.ts';
import { demoEarlierVersions, demoResources } from './demo-resources.ts';

const FHIR_JSON = { accept: 'application/fhir+json', 'content-type': 'application/fhir+json' };

async function answers(base: string): Promise<boolean> {
  try {
    return (await fetch(`${base}/metadata`, { headers: FHIR_JSON, signal: AbortSignal.timeout(10_000) })).ok;
  } catch {
    return false; // not listening yet: the caller asks again
  }
}

async function put(base: string, resources: readonly Resource[]): Promise<void> {
  const entry = resources.map((resource) => ({ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } }));
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  const response = await fetch(base, { method: 'POST', headers: FHIR_JSON, body });
  if (!response.ok) throw new Error(`${base} refused the demo's patients: ${response.status} ${await response.text()}`);
}

/**
 * @param base base URL of an empty or already filled FHIR server
 * @param patienceMs how long to wait for it to answer
 * @returns how many resources it holds now
 * @throws Error when it never answers or refuses
 */
export async function loadIntoFhirServer(base: string, patienceMs = 300_000, pauseMs = 2_000): Promise<number> {
  for (const end = Date.now() + patienceMs; !(await answers(base)); await sleep(pauseMs)) {
    if (Date.now() > end) throw new Error(`${base} does not answer`);
  }
  const resources = demoResources();
  const known = await fetch(`${base}/Patient/maria`, { headers: FHIR_JSON });
  // A second start must not revise the past: only a server that knows nobody gets the earlier versions.
  if (known.status === 404) {
    const earlier = demoEarlierVersions();
    const revised = new Set(earlier.map((resource) => resource.id));
    await put(base, [...earlier, ...resources.filter((resource) => !revised.has(resource.id))]);
  }
  await put(base, resources);
  return resources.length;
}

if (import.meta.main) {
  const base = process.argv[2];
  if (base === undefined) throw new Error('usage: node load-into-fhir-server.ts <base URL>');
  process.stdout.write(`${await loadIntoFhirServer(base.replace(/\/$/, ''))} resources in ${base}\n`);
}
