/**
 * `npm run demo`: a FHIR server with patients whose stories a clinician would believe, a token issuer, a database and the
 * gateway, all on loopback, with nothing to configure. What it prints is asked of the running gateway, not written down.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toConfig } from '../config.ts';
import { type Gateway, startGateway } from '../gateway/start-gateway.ts';
import { bannerText, variableOf } from './banner-text.ts';
import { CONSOLE_CLIENT, demoSignIn } from './demo-sign-in.ts';
import { createFhirServer } from './fhir-server/create-fhir-server.ts';
import { loadExamples } from './fhir-server/load-examples.ts';
import { createDemoIssuer } from './issuer.ts';
import { demoAttestations, demoEarlierVersions, demoInstallation, demoResources } from './patients/demo-resources.ts';
import { curlTour, personas } from './personas.ts';
import { takeTour } from './take-tour.ts';

export interface Demo {
  readonly gateway: Gateway;
  /** By persona id. */
  readonly tokens: ReadonlyMap<string, string>;
  /** What a newcomer reads. */
  readonly banner: string;
  close(): Promise<void>;
}

const DAY = 86_400;

/** @param environment `PRIVITY_SERVER_PORT` (default 8080), `PRIVITY_DATABASE_DATADIR` (default ./data/demo), and all other settings */
export async function startDemo(environment: NodeJS.ProcessEnv): Promise<Demo> {
  const upstream = createFhirServer({ resources: [...loadExamples(), ...demoEarlierVersions(), ...demoResources()] });
  const issuer = await createDemoIssuer();
  const stop = async () => {
    await issuer.close();
    await upstream.close();
  };
  try {
    const config = toConfig(demoConfig(await upstream.listen(), issuer), environment);
    const gateway = await startGateway(config, undefined, undefined, demoSignIn(issuer, config.server.publicUrl));
    await recordOnce(gateway);
    const tokens = await signTokens(issuer, config.server.publicUrl);
    const file = writeTokens(config.database.dataDir, tokens);
    const stops = await takeTour(gateway.url, tokens, curlTour);
    const banner = bannerText({ url: gateway.url, file, personas, tokens, stops });
    return {
      gateway,
      tokens,
      banner,
      async close() {
        await gateway.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function demoConfig(upstreamUrl: string, { issuer, jwksUri }: { issuer: string; jwksUri: string }) {
  return {
    upstream: { url: upstreamUrl },
    identity: { issuers: [{ issuer, jwksUri, algorithms: ['ES256'] }] },
    classify: { part2Programs: [...demoInstallation.part2Programs] },
    consent: { custodians: [...demoInstallation.custodians], approvedForms: [...demoInstallation.approvedForms], cacheSeconds: 5 },
    database: { dataDir: './data/demo' },
    console: { issuer, clientId: CONSOLE_CLIENT },
    log: { level: 'warn' },
  };
}

/** The data directory outlives the process: what staff recorded is recorded once. */
async function recordOnce({ attestations }: Gateway): Promise<void> {
  const known = await attestations.recordedOf([...new Set(demoAttestations().map((row) => row.subject))], new Date().toISOString());
  for (const row of demoAttestations()) {
    const same = known.some((other) => other.kind === row.kind && other.subject === row.subject && other.recipient === row.recipient);
    if (!same) await attestations.record(row);
  }
}

async function signTokens(
  issuer: { sign(claims: Record<string, unknown>): Promise<string> },
  publicUrl: string,
): Promise<ReadonlyMap<string, string>> {
  const exp = Math.floor(Date.now() / 1000) + DAY;
  const signed = personas.map(
    async ({ id, claims }) => [id, await issuer.sign({ ...claims, aud: `${publicUrl}/fhir`, client_id: 'demo', exp })] as const,
  );
  return new Map(await Promise.all(signed));
}

/** Shell variables, so that a second terminal has them with one line. */
function writeTokens(dataDir: string, tokens: ReadonlyMap<string, string>): string {
  mkdirSync(dataDir, { recursive: true });
  const file = path.join(dataDir, 'tokens.env');
  writeFileSync(file, [...tokens].map(([id, token]) => `${variableOf(id)}=${token}\n`).join(''), { mode: 0o600 });
  return file;
}
