/** Privity as it is installed, with everything on: signed tokens, labels, consents, policies, redaction, the durable log. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toConfig } from '../src/config.ts';
import { startGateway } from '../src/gateway/start-gateway.ts';
import { argument, serveParent } from './children.ts';

const AUDIENCE = 'http://127.0.0.1/fhir';

const given = argument<{ upstream: string; issuer: string; databaseUrl?: string }>();
const dataDir = mkdtempSync(path.join(tmpdir(), 'privity-bench-'));
const gateway = await startGateway(
  toConfig({
    server: { port: 0, publicUrl: AUDIENCE.replace(/\/fhir$/, '') },
    upstream: { url: given.upstream },
    identity: {
      issuers: [
        {
          issuer: given.issuer,
          jwksUri: `${new URL(given.upstream).origin}/jwks`,
          audience: AUDIENCE,
          algorithms: ['ES256'],
          roles: { physician: 'treating-provider' },
        },
      ],
    },
    database: { dataDir, ...(given.databaseUrl === undefined ? {} : { url: given.databaseUrl }) },
    limits: { maxPageSize: 1000, candidates: 2000 },
    log: { level: 'error' },
  }),
);
const profile = process.env.BENCH_PROFILE === undefined ? undefined : await startProfile(process.env.BENCH_PROFILE);
serveParent(`${gateway.url}/fhir`, async () => {
  profile?.();
  await gateway.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A CPU profile of the requests alone, without the start. */
async function startProfile(directory: string): Promise<() => void> {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 200 });
  session.post('Profiler.start');
  return () =>
    session.post('Profiler.stop', (_, { profile }) => {
      mkdirSync(directory, { recursive: true });
      writeFileSync(path.join(directory, `gateway-${process.pid}.cpuprofile`), JSON.stringify(profile));
    });
}
