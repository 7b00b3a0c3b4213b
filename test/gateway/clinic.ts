/** The demo's clinic behind a gateway: its patients, its staff, what staff recorded. One a test file. */
import { demoAttestations, demoEarlierVersions, demoInstallation, demoResources } from '../../src/demo/patients/demo-resources.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { type GatewayOptions, startTestGateway, type TestGateway } from '../support/gateway.ts';

/** @param more resources over and above the demo's */
export function clinicResources(more: Iterable<Resource> = []): readonly Resource[] {
  return [...demoEarlierVersions(), ...demoResources(), ...more];
}

/** @param resources over and above the demo's; @param config over and above what the clinic needs */
export async function startClinic({ resources, config = {}, log, upstreamUrl }: Partial<GatewayOptions> = {}): Promise<TestGateway> {
  const clinic = await startTestGateway({
    resources: clinicResources(resources),
    ...(upstreamUrl === undefined ? {} : { upstreamUrl }),
    ...(log === undefined ? {} : { log }),
    config: {
      ...config,
      classify: { part2Programs: [...demoInstallation.part2Programs], ...config.classify },
      consent: { custodians: [...demoInstallation.custodians], approvedForms: [...demoInstallation.approvedForms], ...config.consent },
    },
  });
  for (const row of demoAttestations()) await clinic.gateway.attestations.record(row);
  return clinic;
}
