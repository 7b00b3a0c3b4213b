#!/usr/bin/env node
/**
 * The command line: serve, demo, check, label, explain, verify. Exit 0 only when sound; what is wrong is said in words an operator can act on.
 */
import cluster from 'node:cluster';
import { readFile } from 'node:fs/promises';
import { PrivityError } from './errors.ts';

const USAGE = `privity serve            the gateway, configured by PRIVITY_CONFIG (YAML) and PRIVITY_… variables
privity demo             everything embedded: FHIR server with sample patients, database, token issuer, gateway
privity demo admin-tour  at a demo that runs: a policy set from a draft with a mistake to its roll-back, as curl lines
privity check [DIR]      validate policies, views, attestations, code sets and alerts (default: policies)
privity label FILE       show the labels of a FHIR resource with their evidence
privity explain FILE|ID    why somebody may or may not see something: a question (JSON), or the id of an audit event;
                         asks the gateway at PRIVITY_GATEWAY with PRIVITY_TOKEN
privity verify [DIR]     verify the disclosure log of a data directory (default: the configured one)
privity purge [DIR]      let go of months of the log that are older than audit.retentionYears (6) and not under a legal hold
privity verify SLICE|FOLDER JWKS  verify a slice of a log (/audit/slice), or an exported log, with the published keys alone
privity export [retry]   how far the exports of the log are and what they were refused; send that again
`;

async function main([command, ...rest]: readonly string[]): Promise<number> {
  switch (command) {
    case 'serve':
      return serve();
    case 'demo':
      return rest[0] === 'admin-tour' ? adminTour() : demo();
    case 'check':
      return check(rest[0] ?? 'policies');
    case 'label':
      return label(rest[0]);
    case 'explain': {
      const { explainCommand } = await import('./gateway/explain-command.ts');
      process.stdout.write(await explainCommand(rest[0], process.env));
      return 0;
    }
    case 'verify':
      return verify(rest[0], rest[1]);
    case 'purge':
      return purge(rest[0]);
    case 'export':
      return exported(rest[0]);
    case '--help':
    case 'help':
      process.stdout.write(USAGE);
      return 0;
    default:
      process.stderr.write(USAGE);
      return 2;
  }
}

async function serve(): Promise<number> {
  const [{ loadConfig }, { startGateway }] = await Promise.all([import('./config.ts'), import('./gateway/start-gateway.ts')]);
  const config = loadConfig(process.env);
  if (config.server.workers > 1 && cluster.isPrimary) return supervise(config.server.workers);
  const gateway = await startGateway(config);
  return untilSignal(() => gateway.close());
}

async function supervise(count: number): Promise<number> {
  const { startWorkers } = await import('./gateway/workers.ts');
  const log = (msg: string, outcome: object) =>
    process.stdout.write(`${JSON.stringify({ level: 50, time: Date.now(), ...outcome, msg })}\n`);
  const workers = startWorkers({ count, log });
  try {
    await workers.ready;
  } catch (error) {
    await workers.close();
    throw error;
  }
  return Promise.race([untilSignal(() => workers.close()), workers.failed.then(() => workers.close()).then(() => 1)]);
}

async function demo(): Promise<number> {
  const { startDemo } = await import('./demo/start-demo.ts').catch((cause: unknown) => {
    throw new PrivityError('configuration-invalid', 'the demo needs the development dependencies: run npm ci', { cause });
  });
  const running = await startDemo(process.env);
  process.stdout.write(running.banner);
  return untilSignal(() => running.close());
}

async function adminTour(): Promise<number> {
  const { adminTourCommand } = await import('./demo/admin-tour/admin-tour-command.ts');
  await adminTourCommand(process.env, (line) => process.stdout.write(`${line}\n`));
  return 0;
}

async function check(directory: string): Promise<number> {
  const [{ loadPolicies }, { loadCodeSets }, { loadAccountingRules }, { loadAlertRules }] = await Promise.all([
    import('./adapters/load-policies.ts'),
    import('./adapters/load-code-sets.ts'),
    import('./adapters/audit-accounting-rules.ts'),
    import('./adapters/alert-load-rules.ts'),
  ]);
  const { evaluator, views, jurisdictions } = await loadPolicies(directory, {});
  await loadCodeSets(`${directory}/code-sets`);
  await loadAccountingRules(directory);
  await loadAlertRules(directory);
  process.stdout.write(
    `${directory}: sound. Version ${evaluator.version}, ${views.size} views, ${jurisdictions.length} overlays of state law.\n`,
  );
  return 0;
}

async function label(file: string | undefined): Promise<number> {
  if (file === undefined) throw new PrivityError('invalid-request', 'label needs a FILE with a FHIR resource as JSON');
  const [{ loadCodeSets }, { classifyResource }] = await Promise.all([
    import('./adapters/load-code-sets.ts'),
    import('./classify/classify-resource.ts'),
  ]);
  const resource = JSON.parse(await readFile(file, 'utf8'));
  if (typeof resource?.resourceType !== 'string') throw new PrivityError('invalid-body', 'no resourceType');
  const index = await loadCodeSets('policies/code-sets');
  const none = { stores: [], profiles: [], categories: [], documentTypes: [], attesters: [] };
  const { resource: _, ...labels } = classifyResource(resource, {}, { index, psychotherapyNotes: none, part2Programs: [] });
  process.stdout.write(`${JSON.stringify(labels, null, 2)}\n`);
  return 0;
}

/** @param place a data directory (the configuration counts without it only); with `keyFile` a slice */
async function verify(place: string | undefined, keyFile: string | undefined): Promise<number> {
  const [{ verifyInstallation, verifySliceFile }, { reportText }, { loadConfig }] = await Promise.all([
    import('./adapters/audit-verify-installation.ts'),
    import('./audit/report-text.ts'),
    import('./config.ts'),
  ]);
  const configured = () => (place === undefined ? loadConfig(process.env) : { database: { dataDir: place }, audit: {} });
  const offline = place !== undefined && keyFile !== undefined;
  const report = offline ? await verifySliceFile(place, keyFile) : await verifyInstallation(configured());
  process.stdout.write(reportText(report, Date.now()));
  return report.sound ? 0 : 1;
}

async function purge(place: string | undefined): Promise<number> {
  const [{ purgeInstallation }, { loadConfig }] = await Promise.all([
    import('./adapters/audit-verify-installation.ts'),
    import('./config.ts'),
  ]);
  const config = place === undefined ? loadConfig(process.env) : { database: { dataDir: place }, audit: {} };
  const { months, rows, held, unexported } = await purgeInstallation(config, Date.now());
  const kept = [
    held === undefined ? '' : `Kept from ${held} on: a legal hold.\n`,
    unexported === undefined ? '' : `Kept from ${unexported} on: not exported yet (privity export).\n`,
  ].join('');
  process.stdout.write(
    `${months.length} months purged${months.length === 0 ? '' : ` (${months[0]} to ${months.at(-1)})`}, ${rows} rows.\n${kept}`,
  );
  return 0;
}

/** @param act absent: only tells */
async function exported(act: string | undefined): Promise<number> {
  if (act !== undefined && act !== 'retry') throw new PrivityError('invalid-request', 'export takes nothing, or retry');
  const [{ exportStates }, { loadConfig }] = await Promise.all([import('./adapters/audit-export-installation.ts'), import('./config.ts')]);
  const states = await exportStates(loadConfig(process.env), act === 'retry');
  process.stdout.write(`${JSON.stringify(states, null, 2)}\n`);
  return states.some(({ failures, parkedCount }) => failures > 0 || parkedCount > 0) ? 1 : 0;
}

/** Resolves when the process is told to stop and has stopped cleanly. */
function untilSignal(close: () => Promise<void>): Promise<number> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off('SIGTERM', stop).off('SIGINT', stop);
      close().then(
        () => resolve(0),
        () => resolve(1),
      );
    };
    process.on('SIGTERM', stop).on('SIGINT', stop);
  });
}

/** Messages of our own errors are written for whoever reads them; of others only what does not quote data. */
function explain(error: unknown): string {
  if (error instanceof PrivityError) return `${error.kind.text} ${error.detail ?? ''}`.trim();
  if (error instanceof SyntaxError) return 'The file is not JSON.';
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown failure';
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`privity: ${explain(error)}\n`);
  process.exitCode = 1;
}
// A worker (`server.workers`) lives as long as it is connected to the first process.
cluster.worker?.disconnect();
