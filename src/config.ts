/**
 * File + environment -> frozen Config, or refuse to start with every problem at once (design.md section 6). Secrets come
 * from the environment or from files and are never printed: log `redactedConfig(config)`.
 */
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type * as z from 'zod';
import { type DeepReadonly, deepFreeze } from './config/deep-freeze.ts';
import { findConflicts } from './config/find-conflicts.ts';
import { type Environment, type EnvironmentSetting, readEnvironment } from './config/read-environment.ts';
import { configSchema } from './config/schema.ts';
import { PrivityError } from './errors.ts';

export { redactedConfig } from './config/redacted-config.ts';

type Settings = z.output<typeof configSchema>;
type Filled<T, Keys extends keyof T> = Omit<T, Keys> & { [Key in Keys]-?: NonNullable<T[Key]> };
type Client = { clientId: string; clientSecret: string };

/** `audience` and secrets filled in: what adapters use. */
export type IssuerConfig = DeepReadonly<
  Omit<Settings['identity']['issuers'][number], 'audience' | 'introspection'> & {
    audience: string[];
    introspection?: Client & { url: string };
  }
>;
export type UpstreamAuth = DeepReadonly<
  { type: 'none' } | { type: 'bearer'; token: string } | (Client & { type: 'client-credentials'; tokenUrl: string; scope?: string })
>;
export type UpstreamConfig = DeepReadonly<Omit<Settings['upstream'], 'auth'>> & { readonly auth: UpstreamAuth };

/** The client's secret read from its file, where it has one (a public client has none). */
export type ConsoleConfig = DeepReadonly<Omit<NonNullable<Settings['console']>, 'clientSecretFile'>>;

type RepositorySettings = NonNullable<Settings['audit']['export']['repository']>;
/** With secrets filled in. */
export type AuditExportConfig = DeepReadonly<Omit<Settings['audit']['export'], 'repository'>> & {
  readonly repository?: DeepReadonly<Omit<RepositorySettings, 'auth'>> & { readonly auth: UpstreamAuth };
};

/** Everything the gateway is told from outside; deeply frozen. URLs have no trailing slash. */
export type Config = DeepReadonly<Omit<Settings, 'server' | 'upstream' | 'identity' | 'database' | 'console' | 'audit'>> & {
  readonly server: DeepReadonly<Filled<Settings['server'], 'publicUrl'>>;
  readonly upstream: UpstreamConfig;
  readonly identity: DeepReadonly<Omit<Settings['identity'], 'issuers'>> & { readonly issuers: readonly IssuerConfig[] };
  readonly database: { readonly dataDir: string; readonly url?: string };
  readonly console?: ConsoleConfig;
  readonly audit: DeepReadonly<Omit<Settings['audit'], 'export'>> & { readonly export: AuditExportConfig };
};

function invalid(problems: readonly string[]): PrivityError {
  return new PrivityError('configuration-invalid', problems.map((problem) => `\n  - ${problem}`).join(''));
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new PrivityError('configuration-invalid', `\n  - ${what}: can not read ${path}`, { cause });
  }
}

function readYaml(path: string): unknown {
  const document = parseDocument(readText(path, 'PRIVITY_CONFIG'), { uniqueKeys: true });
  if (document.errors.length > 0) throw invalid(document.errors.map((error) => `${path}: ${error.message}`));
  return document.toJS({ maxAliasCount: 100 }) ?? {};
}

/** A copy of `base` with one value set; missing objects and arrays on the way are made. */
function withSetting(base: unknown, { path, value }: Pick<EnvironmentSetting, 'path' | 'value'>): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === 'number') {
    const copy = Array.isArray(base) ? [...base] : [];
    copy[step] = withSetting(copy[step], { path: rest, value });
    return copy;
  }
  const copy = typeof base === 'object' && base !== null ? { ...(base as Record<string, unknown>) } : {};
  copy[step] = withSetting(copy[step], { path: rest, value });
  return copy;
}

function secretOf(inline: string | undefined, file: string | undefined, where: string): string {
  return inline ?? readText(file ?? '', where).trim();
}

function authOf(auth: Settings['upstream']['auth'], where = 'upstream'): UpstreamAuth {
  if (auth.type === 'none') return auth;
  if (auth.type === 'bearer') return { type: 'bearer', token: secretOf(auth.token, auth.tokenFile, `${where}.auth.tokenFile`) };
  const { clientSecret, clientSecretFile, ...rest } = auth;
  return { ...rest, clientSecret: secretOf(clientSecret, clientSecretFile, `${where}.auth.clientSecretFile`) };
}

function auditOf({ export: { repository, ...rest }, ...audit }: Settings['audit']): Config['audit'] {
  if (repository === undefined) return { ...audit, export: rest };
  return { ...audit, export: { ...rest, repository: { ...repository, auth: authOf(repository.auth, 'audit.export.repository') } } };
}

function issuerOf(row: Settings['identity']['issuers'][number], publicUrl: string): IssuerConfig {
  const { introspection, audience = `${publicUrl}/fhir`, ...rest } = row;
  if (introspection === undefined) return { ...rest, audience: [audience].flat() };
  const { clientSecret, clientSecretFile, ...server } = introspection;
  const secret = secretOf(clientSecret, clientSecretFile, 'identity.issuers introspection.clientSecretFile');
  return { ...rest, audience: [audience].flat(), introspection: { ...server, clientSecret: secret } };
}

function databaseOf(database: Settings['database']): Config['database'] {
  const { urlFile, ...rest } = database;
  return urlFile === undefined ? rest : { ...rest, url: readText(urlFile, 'database.urlFile').trim() };
}

function consoleOf(settings: NonNullable<Settings['console']>): ConsoleConfig {
  const { clientSecretFile, ...rest } = settings;
  return clientSecretFile === undefined ? rest : { ...rest, clientSecret: readText(clientSecretFile, 'console.clientSecretFile').trim() };
}

function problemOf({ path, message }: { path: readonly PropertyKey[]; message: string }): string {
  const what = message.endsWith('received undefined') ? 'is needed' : message;
  return `${path.map(String).join('.') || 'configuration'}: ${what}`;
}

/**
 * Judges settings and fills in defaults and secrets.
 * @param raw parsed YAML, or an object of the same shape
 * @param environment overrides, as `PRIVITY_SERVER_PORT`
 * @throws PrivityError `configuration-invalid` with one line a problem
 */
export function toConfig(raw: unknown, environment: Environment = {}): Config {
  const { settings, unknown } = readEnvironment(configSchema, environment);
  const merged = settings.reduce<unknown>(withSetting, raw);
  const parsed = configSchema.safeParse(merged, { reportInput: false });
  const problems = unknown.map((name) => `${name}: there is no such setting`);
  if (!parsed.success) throw invalid([...problems, ...parsed.error.issues.map(problemOf)]);
  problems.push(...findConflicts(parsed.data));
  if (problems.length > 0) throw invalid(problems);
  const { server, upstream, identity, database, console: page, audit, ...rest } = parsed.data;
  const host = server.host.includes(':') ? `[${server.host}]` : server.host;
  const publicUrl = server.publicUrl ?? `http://${host}:${server.port}`;
  const config: Config = {
    ...rest,
    server: { ...server, publicUrl },
    upstream: { ...upstream, auth: authOf(upstream.auth) },
    identity: { ...identity, issuers: identity.issuers.map((row) => issuerOf(row, publicUrl)) },
    database: databaseOf(database),
    audit: auditOf(audit),
    ...(page === undefined ? {} : { console: consoleOf(page) }),
  };
  return deepFreeze(config) as Config;
}

/**
 * The configuration of a start: the file that `PRIVITY_CONFIG` names, if any, then the environment.
 * @throws PrivityError `configuration-invalid`
 */
export function loadConfig(environment: Environment): Config {
  const file = environment.PRIVITY_CONFIG;
  return toConfig(file === undefined || file === '' ? {} : readYaml(file), environment);
}
