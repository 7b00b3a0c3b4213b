/** Configuration: what starts, what refuses to start and why, and that no secret is printed (design.md section 6). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../src/config/read-environment.ts';
import { type Config, loadConfig, redactedConfig, toConfig } from '../src/config.ts';
import { PrivityError } from '../src/errors.ts';

const issuer = { issuer: 'https://idp.example', jwksUri: 'https://idp.example/jwks' };
const minimal = { upstream: { url: 'http://127.0.0.1:9090/fhir' }, identity: { issuers: [issuer] } };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'privity-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const place = path.join(folder, name);
  writeFileSync(place, text);
  return place;
}

/** The lines of a refusal, or none. */
function problems(raw: unknown, environment: Environment = {}): readonly string[] {
  try {
    toConfig(raw, environment);
    return [];
  } catch (error) {
    if (!(error instanceof PrivityError) || error.code !== 'configuration-invalid') throw error;
    return (error.detail ?? '').split('\n  - ').slice(1);
  }
}

describe('the file of design.md section 6', () => {
  const YAML = `
server:   { host: 127.0.0.1, port: 8080, publicUrl: http://127.0.0.1:8080 }
upstream: { url: http://127.0.0.1:9090/fhir, timeoutMs: 30000, auth: { type: none } }   # none | bearer | client-credentials
identity:
  issuers:
    - issuer: https://idp.example
      audience: http://127.0.0.1:8080/fhir
      jwksUri: https://idp.example/jwks
      algorithms: [ES256, RS256]
      claims: { roles: realm_access.roles, purposes: purpose_of_use, organization: organization }
      roles: { psychologist: mental-health-professional, nurse: workforce }
      clients: { lab-interface: { roles: [treating-provider], purposes: [TREAT] } }
classify: { psychotherapyNotes: { stores: [], profiles: [], categories: [], documentTypes: [], attesters: [] }, part2Programs: [] }
consent:  { sources: [], cacheSeconds: 30, combine: deny-overrides, implicit: hipaa }
policy:   { directory: policies, jurisdictions: [], withheld: { default: hide, patient: announce }, candidates: release-for-treatment, treatmentRelationship: asserted }
database: { dataDir: ./data }
audit:    { checkpointSeconds: 60 }
`;

  it('loads, and says only what the defaults say', () => {
    const { identity, ...written } = loadConfig({ PRIVITY_CONFIG: file('design.yaml', YAML) });
    const { identity: defaultIdentity, ...defaults } = toConfig(minimal);
    expect(written).toEqual(defaults);
    expect(identity.issuers[0]).toMatchObject({ audience: ['http://127.0.0.1:8080/fhir'], roles: { nurse: 'workforce' } });
    expect(defaultIdentity.issuers[0]).toMatchObject({ audience: ['http://127.0.0.1:8080/fhir'], roles: {} });
  });

  it('is frozen all the way down', () => {
    const isFrozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
    expect(isFrozen(toConfig(minimal))).toBe(true);
  });

  it('does not change what it is given', () => {
    const raw = structuredClone(minimal);
    toConfig(raw, { PRIVITY_SERVER_PORT: '9', PRIVITY_IDENTITY_ISSUERS_0_AUDIENCE: 'x' });
    expect(raw).toEqual(minimal);
    expect(Object.isFrozen(raw.identity.issuers)).toBe(false);
  });
});

describe('defaults on the safe side', () => {
  const config = toConfig(minimal);
  it.each<[string, unknown, unknown]>([
    ['host', config.server.host, '127.0.0.1'],
    ['proxies believed', config.server.trustedProxies, []],
    ['withheld', config.policy.withheld, { default: 'hide', patient: 'announce' }],
    ['facts that tokens may claim', config.identity.issuers[0]?.facts, []],
    ['directives', config.consent.combine, 'deny-overrides'],
    ['page size', [config.limits.pageSize, config.limits.maxPageSize, config.limits.candidates], [50, 200, 1000]],
  ])('%s', (_name, value, expected) => {
    expect(value).toEqual(expected);
  });
});

const withIssuer = (more: object) => ({ ...minimal, identity: { issuers: [{ ...issuer, ...more }] } });
const withUpstream = (more: object) => ({ ...minimal, upstream: { ...minimal.upstream, ...more } });
const introspection = { url: 'https://idp.example/introspect', clientId: 'privity', clientSecret: 's3cret' };

const page = { issuer: 'https://idp.example', clientId: 'console' };

const REFUSED: readonly (readonly [name: string, raw: unknown, problems: readonly string[]])[] = [
  [
    'a console whose issuer is not trusted',
    { ...minimal, console: { ...page, issuer: 'https://other.example' } },
    ['console.issuer: must be one of identity.issuers'],
  ],
  ['a console without openid', { ...minimal, console: { ...page, scopes: ['profile'] } }, ['console.scopes: must hold openid']],
  [
    'two places for the secret of the console',
    { ...minimal, console: { ...page, clientSecret: 's', clientSecretFile: 'f' } },
    ['console: clientSecret or clientSecretFile, not both'],
  ],
  [
    'a console where cookies go in the clear',
    { ...minimal, server: { publicUrl: 'http://privity.example' }, console: page },
    ['console: server.publicUrl must be https outside of loopback, where people sign in'],
  ],
  [
    'metadata of the issuer in the clear',
    { ...minimal, console: { ...page, discoveryUrl: 'http://idp.internal/configuration' } },
    ['console.discoveryUrl: must be https outside of loopback'],
  ],
  ['nothing at all', {}, ['upstream.url: is needed', 'identity.issuers: is needed']],
  ['no issuer', { ...minimal, identity: { issuers: [] } }, ['identity.issuers: at least one issuer is needed']],
  ['no mapping', 'text', ['configuration: Invalid input: expected object, received string']],
  ['an unknown section', { ...minimal, sever: {} }, ['configuration: Unrecognized key: "sever"']],
  ['an unknown setting', { ...minimal, server: { prot: 1 } }, ['server: Unrecognized key: "prot"']],
  [
    'an unknown role',
    withIssuer({ roles: { nurse: 'nurse' } }),
    [expect.stringContaining('identity.issuers.0.roles.nurse: Invalid option') as unknown as string],
  ],
  [
    'an unknown purpose',
    withIssuer({ clients: { lab: { roles: ['workforce'], purposes: ['SNOOP'] } } }),
    ['identity.issuers.0.clients.lab.purposes.0: must be a code of v3-PurposeOfUse'],
  ],
  [
    'a symmetric algorithm',
    withIssuer({ algorithms: ['HS256'] }),
    [expect.stringContaining('identity.issuers.0.algorithms.0: Invalid option') as unknown as string],
  ],
  [
    'no algorithm',
    withIssuer({ algorithms: ['none'] }),
    [expect.stringContaining('identity.issuers.0.algorithms.0: Invalid option') as unknown as string],
  ],
  [
    'an issuer over plain HTTP',
    withIssuer({ issuer: 'http://idp.example' }),
    ['identity.issuers.0.issuer: must be https outside of loopback'],
  ],
  ['an issuer that is a name', withIssuer({ issuer: 'idp' }), ['identity.issuers.0.issuer: must be an https:// URL or a urn:']],
  [
    'keys over plain HTTP',
    withIssuer({ jwksUri: 'http://idp.example/jwks' }),
    ['identity.issuers.0.jwksUri: must be https outside of loopback'],
  ],
  [
    'keys over HTTP at a name like loopback',
    withIssuer({ jwksUri: 'http://127.0.0.1.evil.example/jwks' }),
    ['identity.issuers.0.jwksUri: must be https outside of loopback'],
  ],
  [
    'neither keys nor introspection',
    { ...minimal, identity: { issuers: [{ issuer: 'https://idp.example' }] } },
    ['identity.issuers.0: needs jwksUri or introspection'],
  ],
  ['the same issuer twice', { ...minimal, identity: { issuers: [issuer, issuer] } }, ['identity.issuers.1.issuer: is there twice']],
  [
    'two who answer for opaque tokens',
    {
      ...minimal,
      identity: {
        issuers: [
          { ...issuer, introspection },
          { issuer: 'https://b.example', introspection },
        ],
      },
    },
    ['identity.issuers: only one may have introspection (an opaque token does not say whose it is)'],
  ],
  [
    'introspection without a secret',
    withIssuer({ introspection: { ...introspection, clientSecret: undefined } }),
    ['identity.issuers.0.introspection: needs clientSecret or clientSecretFile'],
  ],
  [
    'two places for a secret',
    withUpstream({ auth: { type: 'bearer', token: 'a', tokenFile: 'b' } }),
    ['upstream.auth: needs token or tokenFile, not both'],
  ],
  [
    'a secret over plain HTTP',
    withUpstream({ url: 'http://fhir.example/fhir', auth: { type: 'bearer', token: 'a' } }),
    ['upstream.url: must be https outside of loopback where upstream.auth sends a secret'],
  ],
  [
    'a secret to the repository over plain HTTP, and in two places',
    { ...minimal, audit: { export: { repository: { url: 'http://arr.example', auth: { type: 'bearer', token: 'a', tokenFile: 'b' } } } } },
    [
      'audit.export.repository.auth: needs token or tokenFile, not both',
      'audit.export.repository.url: must be https outside of loopback where audit.export.repository.auth sends a secret',
    ],
  ],
  [
    'an unknown kind of credentials',
    withUpstream({ auth: { type: 'basic' } }),
    [expect.stringContaining('upstream.auth.type:') as unknown as string],
  ],
  ['an upstream with credentials in it', withUpstream({ url: 'https://u:p@fhir.example' }), ['upstream.url: must not hold credentials']],
  ['an upstream with a query', withUpstream({ url: 'https://fhir.example/?a=b' }), ['upstream.url: must have neither query nor fragment']],
  ['an upstream over something else', withUpstream({ url: 'ftp://fhir.example' }), ['upstream.url: Invalid URL']],
  [
    'an upstream that is the gateway',
    { ...minimal, server: { publicUrl: 'http://127.0.0.1:9090' } },
    ['upstream.url: is the gateway itself'],
  ],
  [
    'a version of FHIR that is not spoken',
    withUpstream({ fhirVersion: '5.0.0' }),
    ['upstream.fhirVersion: Invalid input: expected "4.0.1"'],
  ],
  [
    'an open host without a public URL',
    { ...minimal, server: { host: '0.0.0.0' } },
    ['server.publicUrl: is needed where server.host is not loopback'],
  ],
  [
    'several workers and no database that they could share',
    { ...minimal, server: { workers: 2 } },
    ['server.workers: more than one needs database.url, a PostgreSQL that all of them reach'],
  ],
  ['a port as a text', { ...minimal, server: { port: '8080' } }, ['server.port: Invalid input: expected number, received string']],
  [
    'a clock that is two minutes wrong',
    { ...minimal, identity: { issuers: [issuer], clockToleranceSeconds: 120 } },
    ['identity.clockToleranceSeconds: Too big: expected number to be <=60'],
  ],
  ['pages larger than the largest', { ...minimal, limits: { pageSize: 300 } }, ['limits.pageSize: must not exceed limits.maxPageSize']],
  [
    'keys that are too old before they are refreshed',
    { ...minimal, identity: { issuers: [issuer], jwks: { maxStaleSeconds: 60 } } },
    ['identity.jwks.maxStaleSeconds: must not be below identity.jwks.refreshSeconds'],
  ],
  ['two databases', { ...minimal, database: { url: 'postgres://h/d', urlFile: 'f' } }, ['database: url or urlFile, not both']],
  ['another database', { ...minimal, database: { url: 'mysql://h/d' } }, ['database.url: must be postgres://…']],
  [
    'how to withhold from nobody known',
    { ...minimal, policy: { withheld: { everyone: 'hide' } } },
    ['policy.withheld: Unrecognized key: "everyone"'],
  ],
  [
    'several things',
    { ...minimal, server: { port: -1 }, log: { level: 'loud' } },
    [expect.stringContaining('server.port') as unknown as string, expect.stringContaining('log.level') as unknown as string],
  ],
];

describe('refuses to start with', () => {
  it.each(REFUSED)('%s', (_name, raw, expected) => {
    expect(problems(raw)).toEqual(expected);
  });

  it('a file that is not there', () => {
    expect(() => loadConfig({ PRIVITY_CONFIG: path.join(folder, 'none.yaml') })).toThrow(/can not read/);
  });

  it.each([
    ['broken YAML', 'server: [', /configuration-invalid/],
    ['a name twice', 'server: {}\nserver: {}', /Map keys must be unique/],
  ])('%s', (name, text, message) => {
    expect(() => loadConfig({ PRIVITY_CONFIG: file(`${name}.yaml`, text) })).toThrow(message);
  });

  it('a secret whose file is not there', () => {
    expect(problems(withUpstream({ auth: { type: 'bearer', tokenFile: path.join(folder, 'none') } }))).toEqual([
      expect.stringContaining('upstream.auth.tokenFile: can not read'),
    ]);
  });
});

describe('accepts', () => {
  it.each<[string, unknown]>([
    ['an issuer on loopback over HTTP', withIssuer({ issuer: 'http://127.0.0.1:7000', jwksUri: 'http://localhost:7000/jwks' })],
    ['an issuer on IPv6 loopback', withIssuer({ issuer: 'http://[::1]:7000', jwksUri: 'http://[::1]:7000/jwks' })],
    ['an issuer by URN', withIssuer({ issuer: 'urn:vendor:sts' })],
    ['several audiences', withIssuer({ audience: ['a', 'b'] })],
    ['an upstream without TLS in one’s own network', withUpstream({ url: 'http://hapi:8080/fhir' })],
  ])('%s', (_name, raw) => {
    expect(problems(raw)).toEqual([]);
  });

  it('codings as objects and as tokens', () => {
    const categories = [{ system: 'http://x', code: 'a' }, 'http://x|b'];
    const config = toConfig({
      ...minimal,
      classify: { psychotherapyNotes: { categories }, part2Programs: ['Organization/o1', 'http://x|7'] },
    });
    expect(config.classify.psychotherapyNotes.categories).toEqual([
      { system: 'http://x', code: 'a' },
      { system: 'http://x', code: 'b' },
    ]);
    expect(config.classify.part2Programs).toEqual(['Organization/o1', 'http://x|7']);
  });

  it('takes slashes off the end of URLs, and makes the public one', () => {
    const config = toConfig(withUpstream({ url: 'http://127.0.0.1:9090/fhir//' }), { PRIVITY_SERVER_PORT: '8123' });
    expect([config.upstream.url, config.server.publicUrl]).toEqual(['http://127.0.0.1:9090/fhir', 'http://127.0.0.1:8123']);
  });
});

describe('the environment', () => {
  const auth = { auth: { type: 'client-credentials', tokenUrl: 'https://idp.example/token', clientId: 'privity' } };
  const CASES: readonly (readonly [name: string, value: string, raw: unknown, read: (config: Config) => unknown, expected: unknown])[] = [
    ['PRIVITY_SERVER_PORT', '9000', minimal, (config) => config.server.port, 9000],
    ['PRIVITY_AUDIT_EXPORT_FOLDER', '/export', minimal, (config) => config.audit.export.folder, '/export'],
    [
      'PRIVITY_AUDIT_EXPORT_REPOSITORY_URL',
      'https://arr.example/fhir/',
      minimal,
      (config) => config.audit.export.repository,
      { url: 'https://arr.example/fhir', auth: { type: 'none' }, batch: 50, timeoutMs: 30_000 },
    ],
    [
      'PRIVITY_AUDIT_EXPORT_REPOSITORY_AUTH_CLIENT_SECRET',
      'abc',
      { ...minimal, audit: { export: { repository: { url: 'https://arr.example', ...auth } } } },
      (config) => config.audit.export.repository?.auth,
      { ...auth.auth, clientSecret: 'abc' },
    ],
    ['PRIVITY_SERVER_PUBLIC_URL', 'https://p.example/', minimal, (config) => config.server.publicUrl, 'https://p.example'],
    ['PRIVITY_SERVER_PUBLICURL', 'https://p.example', minimal, (config) => config.server.publicUrl, 'https://p.example'],
    [
      'PRIVITY_UPSTREAM_URL',
      'https://fhir.example',
      { identity: minimal.identity },
      (config) => config.upstream.url,
      'https://fhir.example',
    ],
    ['PRIVITY_UPSTREAM_TIMEOUT_MS', '1000', minimal, (config) => config.upstream.timeoutMs, 1000],
    [
      'PRIVITY_UPSTREAM_AUTH_CLIENT_SECRET',
      '12345',
      withUpstream(auth),
      (config) => config.upstream.auth,
      { ...auth.auth, clientSecret: '12345' },
    ],
    [
      'PRIVITY_IDENTITY_ISSUERS_0_JWKS_URI',
      'https://x.example',
      minimal,
      (config) => config.identity.issuers[0]?.jwksUri,
      'https://x.example',
    ],
    ['PRIVITY_IDENTITY_ISSUERS_0_AUDIENCE', 'x', minimal, (config) => config.identity.issuers[0]?.audience, ['x']],
    ['PRIVITY_IDENTITY_ISSUERS_0_CLAIMS_ROLES', 'a.b', minimal, (config) => config.identity.issuers[0]?.claims.roles, 'a.b'],
    [
      'PRIVITY_CONSENT_CUSTODIANS_1',
      'Organization/b',
      { ...minimal, consent: { custodians: ['Organization/a'] } },
      (config) => config.consent.custodians,
      ['Organization/a', 'Organization/b'],
    ],
    ['PRIVITY_POLICY_WITHHELD_PATIENT', 'hide', minimal, (config) => config.policy.withheld.patient, 'hide'],
    [
      'PRIVITY_POLICY_WITHHELD_OTHER_TREATING_PROVIDER',
      'announce',
      minimal,
      (config) => config.policy.withheld['other-treating-provider'],
      'announce',
    ],
    ['PRIVITY_DATABASE_DATA_DIR', '/data', minimal, (config) => config.database, { dataDir: '/data' }],
    ['PRIVITY_DATABASE_URL', 'postgres://h/d', minimal, (config) => config.database, { dataDir: './data', url: 'postgres://h/d' }],
    [
      'PRIVITY_CLASSIFY_PSYCHOTHERAPY_NOTES_STORES_0',
      'https://notes.example',
      minimal,
      (config) => config.classify.psychotherapyNotes.stores,
      ['https://notes.example'],
    ],
    ['PRIVITY_LOG_LEVEL', 'warn', minimal, (config) => config.log.level, 'warn'],
  ];
  it.each(CASES)('%s=%s', (name, value, raw, read, expected) => {
    expect(read(toConfig(raw, { [name]: value }))).toEqual(expected);
  });

  it('is enough by itself', () => {
    const config = loadConfig({
      PRIVITY_UPSTREAM_URL: 'http://127.0.0.1:9090/fhir',
      PRIVITY_IDENTITY_ISSUERS_0_ISSUER: issuer.issuer,
      PRIVITY_IDENTITY_ISSUERS_0_JWKS_URI: issuer.jwksUri,
    });
    expect(config).toEqual(toConfig(minimal));
  });

  it.each([
    ['PRIVITY_SERVER_PROT', '1', ['PRIVITY_SERVER_PROT: there is no such setting']],
    ['PRIVITY_IDENTITY_ISSUERS_X_ISSUER', 'a', ['PRIVITY_IDENTITY_ISSUERS_X_ISSUER: there is no such setting']],
    ['PRIVITY_SERVER_PORT', 'eighty', ['server.port: Invalid input: expected number, received string']],
    ['PRIVITY_SERVER_PORT', '', ['server.port: Invalid input: expected number, received string']],
  ])('%s=%s keeps it from starting', (name, value, expected) => {
    expect(problems(minimal, { [name]: value })).toEqual(expected);
  });

  it.each(['PRIVITY_CONFIG', 'PRIVITY_PORT', 'PRIVITY_SERVICE_HOST', 'PRIVITY_PORT_8080_TCP_ADDR', 'PATH'])(
    '%s is not a setting',
    (name) => {
      expect(toConfig(minimal, { [name]: 'anything' })).toEqual(toConfig(minimal));
    },
  );
});

describe('secrets', () => {
  const raw = {
    ...withUpstream({
      auth: { type: 'client-credentials', tokenUrl: 'https://idp.example/token', clientId: 'privity', clientSecret: 'CANARY-1' },
    }),
    identity: { issuers: [{ ...issuer, introspection: { ...introspection, clientSecret: 'CANARY-2' } }] },
    database: { url: 'postgres://privity:CANARY-3@db.example/privity?password=CANARY-4' },
  };

  it('come from files', () => {
    const tokenFile = file('token', 'from-a-file\n');
    const urlFile = file('url', 'postgres://h/d\n');
    const config = toConfig({ ...withUpstream({ auth: { type: 'bearer', tokenFile } }), database: { urlFile } });
    expect(config.upstream.auth).toEqual({ type: 'bearer', token: 'from-a-file' });
    expect(config.database).toEqual({ dataDir: './data', url: 'postgres://h/d' });
  });

  it('are not printed', () => {
    const config = toConfig(raw);
    const printed = JSON.stringify(redactedConfig(config));
    expect(
      JSON.stringify(config)
        .match(/CANARY-\d/g)
        ?.toSorted(),
    ).toEqual(['CANARY-1', 'CANARY-2', 'CANARY-3', 'CANARY-4']);
    expect(printed).not.toContain('CANARY');
    expect(printed).toContain('"clientId":"privity"');
    expect(printed).toContain('db.example');
  });

  it('are not in a refusal', () => {
    expect(problems({ ...raw, server: { port: 'x' }, database: { url: 'CANARY-5' } }).join()).not.toContain('CANARY');
  });
});

describe('the console', () => {
  it('has safe defaults, and its secret from a file', () => {
    const secretFile = file('console-secret', 'CANARY-CONSOLE\n');
    const config = toConfig({ ...minimal, console: { ...page, clientSecretFile: secretFile } });
    expect(config.console).toEqual({
      ...page,
      clientSecret: 'CANARY-CONSOLE',
      scopes: ['openid'],
      idleMinutes: 30,
      sessionHours: 10,
      sessionsPerPerson: 5,
    });
    expect(JSON.stringify(redactedConfig(config))).not.toContain('CANARY');
    expect(toConfig(minimal).console).toBeUndefined();
  });
});
