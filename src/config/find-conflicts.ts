/**
 * What is wrong with settings that are each right by themselves: secrets without TLS, two places for one secret, two
 * issuers that a token could not tell apart. Anything found keeps the gateway from starting.
 */
import { isIP } from 'node:net';
import type * as z from 'zod';
import type { configSchema } from './schema.ts';

type Settings = z.output<typeof configSchema>;

/** `localhost`, 127.0.0.0/8, ::1: nobody between the gateway and these can read along. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

function isPlainRemote(url: string | undefined): boolean {
  if (url === undefined || !URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !isLoopback(hostname);
}

function secretProblems(where: string, holder: object, name: 'clientSecret' | 'token'): string[] {
  const given = [name, `${name}File`].filter((key) => (holder as Record<string, unknown>)[key] !== undefined);
  if (given.length === 1) return [];
  return [`${where}: needs ${name} or ${name}File${given.length === 0 ? '' : ', not both'}`];
}

function issuerProblems({ issuers }: Settings['identity']): string[] {
  const problems: string[] = [];
  for (const [index, row] of issuers.entries()) {
    const where = `identity.issuers.${index}`;
    if (issuers.findIndex((other) => other.issuer === row.issuer) !== index) problems.push(`${where}.issuer: is there twice`);
    if (!/^(?:https?:\/\/[^/]|urn:)/.test(row.issuer)) problems.push(`${where}.issuer: must be an https:// URL or a urn:`);
    if (row.jwksUri === undefined && row.introspection === undefined) problems.push(`${where}: needs jwksUri or introspection`);
    for (const [name, url] of Object.entries({ issuer: row.issuer, jwksUri: row.jwksUri, 'introspection.url': row.introspection?.url })) {
      const excused = row.insecureHttp && name === 'jwksUri';
      if (isPlainRemote(url) && !excused) problems.push(`${where}.${name}: must be https outside of loopback`);
    }
    if (row.introspection !== undefined) problems.push(...secretProblems(`${where}.introspection`, row.introspection, 'clientSecret'));
  }
  if (issuers.filter((row) => row.introspection !== undefined).length > 1) {
    problems.push('identity.issuers: only one may have introspection (an opaque token does not say whose it is)');
  }
  return problems;
}

function authProblems(where: string, { url, auth }: Pick<Settings['upstream'], 'url' | 'auth'>): string[] {
  if (auth.type === 'none') return [];
  const problems = secretProblems(`${where}.auth`, auth, auth.type === 'bearer' ? 'token' : 'clientSecret');
  if (isPlainRemote(url)) problems.push(`${where}.url: must be https outside of loopback where ${where}.auth sends a secret`);
  if (auth.type === 'client-credentials' && isPlainRemote(auth.tokenUrl))
    problems.push(`${where}.auth.tokenUrl: must be https outside of loopback`);
  return problems;
}

function upstreamProblems({ upstream, consent: { sources }, audit }: Settings): string[] {
  const { repository } = audit.export;
  const problems = [
    ...authProblems('upstream', upstream),
    ...(repository === undefined ? [] : authProblems('audit.export.repository', repository)),
  ];
  if (upstream.auth.type !== 'none' && sources.some(isPlainRemote))
    problems.push('consent.sources: must be https outside of loopback where upstream.auth sends a secret');
  return problems;
}

function consoleProblems({ console, identity, server }: Settings): string[] {
  if (console === undefined) return [];
  const problems: string[] = [];
  const issuer = identity.issuers.find((row) => row.issuer === console.issuer);
  if (issuer === undefined) problems.push('console.issuer: must be one of identity.issuers');
  if (console.clientSecret !== undefined && console.clientSecretFile !== undefined) {
    problems.push('console: clientSecret or clientSecretFile, not both');
  }
  if (isPlainRemote(server.publicUrl) && issuer?.insecureHttp !== true) {
    problems.push('console: server.publicUrl must be https outside of loopback, where people sign in');
  }
  if (!console.scopes.includes('openid')) problems.push('console.scopes: must hold openid');
  if (isPlainRemote(console.discoveryUrl) && issuer?.insecureHttp !== true) {
    problems.push('console.discoveryUrl: must be https outside of loopback');
  }
  return problems;
}

/** @returns one line a problem: `path: what is wrong` */
export function findConflicts(settings: Settings): readonly string[] {
  const { server, upstream, limits } = settings;
  const problems = [...issuerProblems(settings.identity), ...upstreamProblems(settings), ...consoleProblems(settings)];
  if (server.publicUrl === undefined && !isLoopback(server.host))
    problems.push('server.publicUrl: is needed where server.host is not loopback');
  if (server.publicUrl !== undefined && `${server.publicUrl}/fhir` === upstream.url) problems.push('upstream.url: is the gateway itself');
  if (settings.database.url !== undefined && settings.database.urlFile !== undefined) problems.push('database: url or urlFile, not both');
  if (server.workers > 1 && settings.database.url === undefined && settings.database.urlFile === undefined)
    problems.push('server.workers: more than one needs database.url, a PostgreSQL that all of them reach');
  if (limits.pageSize > limits.maxPageSize) problems.push('limits.pageSize: must not exceed limits.maxPageSize');
  if (settings.identity.jwks.maxStaleSeconds < settings.identity.jwks.refreshSeconds) {
    problems.push('identity.jwks.maxStaleSeconds: must not be below identity.jwks.refreshSeconds');
  }
  return problems;
}
