/**
 * The shape of the configuration (design.md section 6): every setting, its type, its safe default. Nothing unknown is
 * accepted; what can only be judged together is in `find-conflicts.ts`. Defaults deny where a choice has a strict side.
 */
import * as z from 'zod';
import { FACTS, RECIPIENTS } from '../policy/question.ts';
import { isPurpose } from '../requester/read-purposes.ts';
import { ROLES } from '../requester/requester.ts';

/** Signatures that a resource server can check without holding a secret (RFC 7518, RFC 8725 section 3.1). */
export const SIGNATURE_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
] as const;

const section = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape).prefault({} as never);
const whole = (min: number, max: number) => z.int().min(min).max(max);
const texts = z.array(z.string().min(1)).default([]);
const httpUrl = z
  .url({ protocol: /^https?$/ })
  .refine((text) => !/[?#]/.test(text), 'must have neither query nor fragment')
  .refine((text) => !URL.canParse(text) || new URL(text).username === '', 'must not hold credentials')
  .transform((text) => text.replace(/\/+$/, ''));
/** `{ system, code }`, or as FHIR search writes it: `system|code`. */
const coding = z.union([
  z.strictObject({ system: z.string().min(1), code: z.string().min(1) }),
  z
    .string()
    .regex(/^[^|\s]+\|[^|]+$/, 'must be system|code')
    .transform((token) => ({ system: token.slice(0, token.indexOf('|')), code: token.slice(token.indexOf('|') + 1) })),
]);
const purpose = z.string().refine(isPurpose, 'must be a code of v3-PurposeOfUse');
const reference = z.string().regex(/^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/, 'must be a relative reference: Organization/o1');

/** A secret in place, or the file that holds it; never both (`find-conflicts.ts`). */
const client = { clientId: z.string().min(1), clientSecret: z.string().min(1).optional(), clientSecretFile: z.string().min(1).optional() };

const upstreamAuth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('bearer'), token: z.string().min(1).optional(), tokenFile: z.string().min(1).optional() }),
  z.strictObject({ type: z.literal('client-credentials'), tokenUrl: httpUrl, ...client, scope: z.string().min(1).optional() }),
]);

const issuer = z.strictObject({
  /** Exactly as in `iss`; no URL is normalized here. */
  issuer: z.string().min(1),
  /** Default: the public FHIR base. */
  audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
  jwksUri: httpUrl.optional(),
  introspection: z.strictObject({ url: httpUrl, ...client }).optional(),
  algorithms: z.array(z.enum(SIGNATURE_ALGORITHMS)).min(1).default(['ES256', 'ES384', 'RS256', 'RS384']),
  claims: section({
    roles: z.string().min(1).optional(),
    purposes: z.string().min(1).optional(),
    organization: z.string().min(1).optional(),
    fhirUser: z.string().min(1).optional(),
    patient: z.string().min(1).optional(),
    scope: z.string().min(1).optional(),
    facts: z.string().min(1).optional(),
  }),
  roles: z.record(z.string(), z.enum(ROLES)).default({}),
  clients: z
    .record(
      z.string(),
      z.strictObject({
        roles: z.array(z.enum(ROLES)).min(1),
        purposes: z.array(purpose).default([]),
        organization: z.string().min(1).optional(),
      }),
    )
    .default({}),
  /** Facts that tokens of this issuer may claim. */
  facts: z.array(z.enum(FACTS)).default([]),
  /** Keys may come over plain HTTP: for demonstrations inside one machine's container network only. */
  insecureHttp: z.boolean().default(false),
  /** Where apps get tokens, told in smart-configuration. */
  authorizationEndpoint: httpUrl.optional(),
  tokenEndpoint: httpUrl.optional(),
  /** Other base URLs of the same record, as this issuer writes them in `fhirUser`. */
  fhirBases: z.array(httpUrl).default([]),
});

/** Sign-in to `/console/` by OpenID Connect (authorization code with PKCE); without it nobody signs in there. */
const consoleSettings = z.strictObject({
  /** One of `identity.issuers`: its tokens are verified like any other. */
  issuer: z.string().min(1),
  ...client,
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be one scope')).default(['openid']),
  /** Asked for as the token's audience (RFC 8707), for issuers that need to be told. */
  resource: z.string().min(1).optional(),
  /** Where the issuer's metadata is read, if not at its own name. */
  discoveryUrl: httpUrl.optional(),
  idleMinutes: whole(1, 1440).default(30),
  sessionHours: whole(1, 168).default(10),
  /** Of one person at a time; the oldest ends. */
  sessionsPerPerson: whole(1, 100).default(5),
});

const withheldAs = z.enum(['hide', 'announce']);

export const configSchema = z.strictObject({
  server: section({
    host: z.string().min(1).default('127.0.0.1'),
    port: whole(0, 65_535).default(8080),
    /** Default: `http://host:port`, on a loopback host only. */
    publicUrl: httpUrl.optional(),
    /** Addresses or CIDR ranges whose X-Forwarded-For is believed; none by default. */
    trustedProxies: texts,
    requestTimeoutMs: whole(1000, 600_000).default(60_000),
    shutdownSeconds: whole(1, 600).default(30),
    /** Requests a minute from one address; 0 = no bound. */
    rateLimitPerMinute: whole(0, 1_000_000).default(0),
    /** Processes behind the port; more than one needs `database.url`. Each counts `rateLimitPerMinute` for itself. */
    workers: whole(1, 64).default(1),
  }),
  upstream: section({
    url: httpUrl,
    fhirVersion: z.enum(['4.0.1']).default('4.0.1'),
    timeoutMs: whole(100, 600_000).default(30_000),
    connectTimeoutMs: whole(100, 60_000).default(5000),
    connections: whole(1, 1024).default(64),
    maxResponseBytes: whole(1024, 1_073_741_824).default(33_554_432),
    auth: upstreamAuth.default({ type: 'none' }),
    breaker: section({ failures: whole(1, 1000).default(5), openSeconds: whole(1, 3600).default(5) }),
  }),
  identity: section({
    issuers: z.array(issuer).min(1, 'at least one issuer is needed'),
    clockToleranceSeconds: whole(0, 60).default(30),
    maxTokenBytes: whole(512, 65_536).default(16_384),
    jwks: section({
      /** Keys are fetched again at this age. */
      refreshSeconds: whole(10, 86_400).default(600),
      /** At least this long between two attempts, whatever unknown keys are named. */
      cooldownSeconds: whole(1, 3600).default(30),
      /** Keys this old are no longer used although the issuer is down. */
      maxStaleSeconds: whole(10, 604_800).default(86_400),
    }),
  }),
  classify: section({
    psychotherapyNotes: section({
      stores: texts,
      profiles: texts,
      categories: z.array(coding).default([]),
      documentTypes: z.array(coding).default([]),
      attesters: texts,
    }),
    /** `Organization/o1`, or `system|value` of an identifier. */
    part2Programs: z.array(z.union([reference, z.string().regex(/^[^|\s]+\|[^|]+$/)])).default([]),
    /** Expands ValueSets that administrators upload, where they do not list their codes; none: such a ValueSet is refused. */
    terminologyServer: httpUrl.optional(),
  }),
  consent: section({
    /** Base URLs to load Consents from; none = the upstream. */
    sources: z.array(httpUrl).default([]),
    cacheSeconds: whole(0, 3600).default(30),
    combine: z.enum(['deny-overrides', 'most-recent']).default('deny-overrides'),
    implicit: z.enum(['hipaa', 'basic-normal', 'all-normal', 'break-glass-only', 'deny']).default('hipaa'),
    /** Canonical URLs of the forms that an authorization may be written on; none = any form. */
    approvedForms: texts,
    /** Organizations that this gateway speaks for. */
    custodians: z.array(reference).default([]),
  }),
  policy: section({
    directory: z.string().min(1).default('policies'),
    /** Organization sets in force at the first start. */
    activeSets: texts,
    jurisdictions: texts,
    /** Whether putting a policy set in force or out of it needs a second person. */
    twoPersonActivation: z.boolean().default(false),
    withheld: section({
      default: withheldAs.default('hide'),
      ...(Object.fromEntries(RECIPIENTS.map((recipient) => [recipient, withheldAs.optional()])) as Record<
        (typeof RECIPIENTS)[number],
        z.ZodOptional<typeof withheldAs>
      >),
      patient: withheldAs.default('announce'),
    }),
    candidates: z.enum(['release-for-treatment', 'hold']).default('release-for-treatment'),
    treatmentRelationship: z.enum(['asserted', 'evidenced']).default('asserted'),
  }),
  database: section({
    /** Where the embedded PostgreSQL lives, and what else is kept between starts. */
    dataDir: z.string().min(1).default('./data'),
    /** A PostgreSQL of yours. */
    url: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must be postgres://…')
      .optional(),
    urlFile: z.string().min(1).optional(),
  }),
  audit: section({
    checkpointSeconds: whole(1, 86_400).default(60),
    /** The MAC key of the log, outside the database. Default: made in the data directory. */
    keyFile: z.string().min(1).optional(),
    /** JSON Web Key Set; the first key signs checkpoints. Default: made in the data directory. */
    signingKeyFile: z.string().min(1).optional(),
    /** Where the newest checkpoint is kept, out of reach of whoever may change the database. Default: in the data directory. */
    anchorFile: z.string().min(1).optional(),
    /** An address that takes every checkpoint by POST. */
    anchorUrl: httpUrl.optional(),
    /** Months of the log that are older are let go by `privity purge` (45 CFR 164.316(b)(2)(i)). */
    retentionYears: whole(6, 100).default(6),
    /** Between two evaluations of `alerts.yaml`. */
    alertSeconds: whole(1, 86_400).default(60),
    export: section({
      /** A directory for NDJSON, the same for all replicas. */
      folder: z.string().min(1).optional(),
      /** A file of it that has as many bytes is finished; one of a day that is over, too. */
      fileBytes: whole(65_536, 1_073_741_824).default(67_108_864),
      /** An audit record repository (IHE ITI-20, ATX: FHIR Feed). */
      repository: z
        .strictObject({
          /** FHIR base. */
          url: httpUrl,
          auth: upstreamAuth.default({ type: 'none' }),
          /** AuditEvents in one batch; 1 = each by itself. */
          batch: whole(1, 500).default(50),
          timeoutMs: whole(100, 600_000).default(30_000),
        })
        .optional(),
    }),
  }),
  limits: section({
    maxBodyBytes: whole(1024, 134_217_728).default(4_194_304),
    maxEntries: whole(1, 10_000).default(500),
    pageSize: whole(1, 1000).default(50),
    maxPageSize: whole(1, 1000).default(200),
    /** Candidates looked at for one answer. */
    candidates: whole(1, 100_000).default(1000),
    includes: whole(0, 100_000).default(1000),
    urlLength: whole(256, 65_536).default(8192),
    /** Files of bulk exports given at the same time. */
    exportFiles: whole(0, 256).default(4),
  }),
  console: consoleSettings.optional(),
  telemetry: section({
    /** Times by stage in /metrics. */
    stages: z.boolean().default(true),
    /** Where OpenTelemetry spans are sent by OTLP over HTTP (`http://collector:4318/v1/traces`); none by default. */
    otlpUrl: httpUrl.optional(),
    /** Of traces that no caller began. */
    samplePercent: whole(0, 100).default(100),
  }),
  log: section({ level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info') }),
});
