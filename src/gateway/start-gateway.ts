/**
 * Puts the gateway together: configuration in, a listening server out, and one way to stop it. The only file that knows
 * every adapter.
 */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type DestinationStream, pino } from 'pino';
import { loadAlertRules } from '../adapters/alert-load-rules.ts';
import { loadAccountingRules } from '../adapters/audit-accounting-rules.ts';
import { startCheckpoints } from '../adapters/audit-checkpoints.ts';
import { auditFiles } from '../adapters/audit-files.ts';
import { createAuditLog } from '../adapters/audit-log.ts';
import { loadAuditKey } from '../adapters/audit-log-key.ts';
import { createAuditProof } from '../adapters/audit-proof.ts';
import { createRecipientNames } from '../adapters/audit-recipient-names.ts';
import { loadSigningKeys } from '../adapters/audit-signing-key.ts';
import { createCodeSetStore } from '../adapters/code-set-store.ts';
import { createConsentSource } from '../adapters/consent-source.ts';
import { startDatabase } from '../adapters/database.ts';
import { expandValueSet } from '../adapters/expand-value-set.ts';
import { createExportJobs } from '../adapters/export-jobs.ts';
import { loadPolicies } from '../adapters/load-policies.ts';
import { loadWriteRights } from '../adapters/load-write-rights.ts';
import { createPageSealer } from '../adapters/page-sealer.ts';
import { createPartyNames } from '../adapters/party-names.ts';
import { createPolicyStore } from '../adapters/policy-store.ts';
import { createPoliciesInForce } from '../adapters/policy-store-in-force.ts';
import { createRecordedAttestations, type RecordedAttestations } from '../adapters/recorded-attestations.ts';
import { createReviewQueue } from '../adapters/review-queue.ts';
import { createSubjectEpochs } from '../adapters/subject-epochs.ts';
import type { Traces } from '../adapters/telemetry-traces.ts';
import { createTokenVerifier } from '../adapters/token-verifier.ts';
import { createUpstream, type UpstreamDeps } from '../adapters/upstream.ts';
import { createUpstreamExport } from '../adapters/upstream-export.ts';
import { createWriteLock } from '../adapters/write-lock.ts';
import { type Config, redactedConfig } from '../config.ts';
import { PrivityError } from '../errors.ts';
import { createKeptResources } from '../pipeline/kept-resources.ts';
import type { PipelineDeps } from '../pipeline/session.ts';
import { mayAssert } from '../policy/attestation-entitled.ts';
import type { Clock } from '../ports.ts';
import { createApp } from './app.ts';
import { rememberVerifications } from './audit-verifications.ts';
import { consoleParts } from './console-parts.ts';
import { eventId } from './event-id.ts';
import { startLogReaders } from './log-readers.ts';
import { createMetrics } from './metrics.ts';
import { operationsMetrics } from './operations-metrics.ts';
import { policyNames } from './policy-names.ts';
import { release } from './release.ts';
import { classifierOf, consentSource, decideSettings, needsRelations, pageKey, rulesOf, seedsOf } from './settings-of.ts';
import { toggleLogLevel } from './toggle-log-level.ts';
import { createUnauthenticatedCounter } from './unauthenticated-counter.ts';
import { watchRequests } from './watch-requests.ts';

export interface Gateway {
  /** Where it listens: `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly app: FastifyInstance;
  readonly attestations: RecordedAttestations;
  /** Finishes what is in flight, refuses the rest, flushes the log, stops the database. */
  close(): Promise<void>;
}

const systemClock: Clock = { now: () => Date.now() };

/**
 * @param log where log lines go; standard output by default
 * @param more routes over and above the gateway's own: the demo's sign-in
 */
export async function startGateway(
  config: Config,
  clock: Clock = systemClock,
  log?: DestinationStream,
  more: (app: FastifyInstance) => void = () => undefined,
): Promise<Gateway> {
  const settings = { level: config.log.level, base: null };
  const logger = log === undefined ? pino(settings) : pino(settings, log);
  logger.info({ config: redactedConfig(config) }, 'starting');
  const policies = await loadPolicies(config.policy.directory, {
    active: config.policy.activeSets,
    jurisdictions: config.policy.jurisdictions,
  });
  const { attestationRules } = policies;
  const rights = await loadWriteRights(config.policy.directory);
  const accountingRules = await loadAccountingRules(config.policy.directory);
  const rules = await loadAlertRules(config.policy.directory);
  const database = await startDatabase({ ...config.database, log: (level, message) => logger[level](message) });
  const untoggle = toggleLogLevel(logger);
  const closers: (() => Promise<unknown>)[] = [async () => untoggle(), () => database.close()];
  const close = async () => {
    for (const closer of closers.reverse()) await closer().catch((error: Error) => logger.error({ error: error.name }, 'while closing'));
  };
  try {
    const key = loadAuditKey(auditFiles(config).key);
    const inForce = await createPoliciesInForce(database, policies, (error) =>
      logger.error({ error: nameOf(error) }, 'reading policy sets'),
    );
    const policyStore = createPolicyStore({ database, inForce, twoPersons: config.policy.twoPersonActivation });
    await policyStore.seed(seedsOf(policies), new Date(clock.now()).toISOString());
    const files = auditFiles(config);
    const keys = await loadSigningKeys(files.signingKey);
    const metrics = createMetrics();
    const operations = operationsMetrics(metrics.registry);
    operations.watchLog(database, clock);
    const audit = operations.counted(createAuditLog({ database, macKey: key, onCommit: operations.onCommit }));
    const traces = await tracesOf(config);
    if (traces !== undefined) closers.push(() => traces.close());
    const checkpoints = startCheckpoints({
      database,
      keys,
      macKey: key,
      clock,
      seconds: config.audit.checkpointSeconds,
      anchor: { file: files.anchor, url: config.audit.anchorUrl },
      onFailure: (error) => logger.error({ error: (error as Error).message }, 'no checkpoint'),
    });
    // The last checkpoint covers what the log committed last.
    closers.push(
      () => checkpoints.close(),
      () => audit.close(),
    );
    const epochs = await createSubjectEpochs(database);
    const attestations = createRecordedAttestations(database);
    const watched: UpstreamDeps = { clock, onExchange: operations.onExchange, ...(traces && { traceparent: traces.traceparent }) };
    const upstream = createUpstream(config.upstream, watched);
    closers.push(() => upstream.close());
    const sources = config.consent.sources.map((url) => createUpstream(consentSource(config, url), watched));
    closers.push(...sources.map((source) => () => source.close()));
    const consents = createConsentSource({
      upstreams: [upstream, ...sources],
      publicBase: `${config.server.publicUrl}/fhir`,
      clock,
      cacheSeconds: config.consent.cacheSeconds,
      relations: needsRelations(config),
      onLookup: operations.onLookup('consent'),
      epochs,
      recordedOf: attestations.recordedOf,
    });
    const bulk = createUpstreamExport(config.upstream, { clock });
    closers.push(() => bulk.close());
    const lock = createWriteLock(database);
    closers.push(() => lock.close());
    const { terminologyServer } = config.classify;
    const terminology = terminologyServer === undefined ? undefined : createUpstream(consentSource(config, terminologyServer), { clock });
    if (terminology !== undefined) closers.push(() => terminology.close());
    const classify = classifierOf(config);
    const classifyNow = () => classify(inForce.state().codeSets.index, inForce.state().findings);
    const pipeline: PipelineDeps = {
      upstream,
      consents,
      policies: { ...inForce, current: () => ({ ...inForce.current(), classify: classifyNow() }) },
      audit,
      sealer: createPageSealer(pageKey(key), clock),
      clock,
      classify: (resource, context) => classifyNow()(resource, context),
      settings: decideSettings(config, attestationRules),
      limits: config.limits,
      publicBase: `${config.server.publicUrl}/fhir`,
      writes: { rights, lock, epochs, newEventId: () => eventId(clock), maxEntries: config.limits.maxEntries },
      kept: createKeptResources(config.consent.cacheSeconds),
      exports: { upstream: bulk, jobs: createExportJobs(database), files: { open: 0, max: config.limits.exportFiles } },
    };
    const verifier = createTokenVerifier(config.identity, { clock, onLookup: operations.onLookup('token') });
    const authentication = { verifier, rulesOf: rulesOf(config, attestationRules) };
    const page = consoleParts({ config, key, database, authentication, log: audit, clock });
    const unauthenticated = createUnauthenticatedCounter({
      audit,
      clock,
      onCount: () => metrics.unauthenticated(),
      onFailure: (error) => logger.warn({ error: (error as Error).name }, 'requests without a token not yet logged'),
    });
    const { registry } = metrics;
    closers.push(
      () => unauthenticated.close(),
      await startLogReaders({ config, database, rules, keys, upstream, clock, registry, logger }),
    );
    const app = await createApp({
      fhir: {
        pipeline,
        authentication,
        issuers: config.identity.issuers,
        release,
        metrics,
        watch: watchRequests({
          pipeline,
          logger,
          ...(config.telemetry.stages && { onStages: operations.onStages }),
          ...(traces && { traces }),
        }),
      },
      audit: {
        database,
        accounting: { rules: accountingRules, names: createRecipientNames(upstream), consents, upstream, settings: pipeline.settings },
        ...rememberVerifications(createAuditProof({ database, keys, macKey: key, anchorFile: files.anchor }), clock),
        log: audit,
        authentication: page.authentication,
        clock,
        publicUrl: config.server.publicUrl,
      },
      admin: {
        door: { log: audit, authentication: page.authentication, clock },
        consents: { pipeline },
        policies: { store: policyStore, inForce, foundation: policies.foundation, database, names: policyNames(attestationRules) },
        codeSets: {
          store: createCodeSetStore({ database, inForce, twoPersons: config.policy.twoPersonActivation }),
          inForce,
          database,
          pipeline,
          classifyBy: classify,
          expand: terminology && ((valueSet) => expandValueSet(terminology, valueSet)),
        },
        explain: {
          pipeline,
          database,
          parts: () => ({ ...policies.foundation, organizations: inForce.state().organizations }),
          attestationKinds: [...attestationRules.keys()],
          attestationRules,
          names: policyNames(attestationRules),
          namesOf: createPartyNames(upstream),
          mayAssert: (kind, roles) => mayAssert(attestationRules, kind, roles),
        },
        attestations: { attestations, rules: new Map([...attestationRules, ...policies.accountingAttestations]), upstream },
        reviews: { queue: createReviewQueue(database, inForce), database, rules: attestationRules },
        recentPatients: { database },
      },
      console: page.signIn === undefined ? {} : { signIn: page.signIn },
      operations: {
        metrics,
        checks: { database: () => database.sql`select 1`, upstream: async () => upstream.get('metadata') },
      },
      logger,
      onUnauthenticated: () => unauthenticated.count(),
      limits: { bodyBytes: config.limits.maxBodyBytes, requestsPerMinute: config.server.rateLimitPerMinute },
      trustedProxies: config.server.trustedProxies,
    });
    closers.push(() => app.close());
    more(app);
    await app.listen({ host: config.server.host, port: config.server.port });
    const { port } = app.server.address() as AddressInfo;
    return { url: `http://${config.server.host}:${port}`, app, attestations, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The packages of OpenTelemetry are loaded where they are wanted only. */
async function tracesOf({ telemetry: { otlpUrl, samplePercent } }: Config): Promise<Traces | undefined> {
  if (otlpUrl === undefined) return undefined;
  const { startTraces } = await import('../adapters/telemetry-traces.ts');
  return startTraces({ otlpUrl, samplePercent, version: release.version });
}

function nameOf(error: unknown): string {
  return error instanceof PrivityError ? error.code : (error as Error).name;
}
