/** The console's own parts, put together: nothing where no sign-in is configured. */
import { createConsoleSessions } from '../adapters/console-session.ts';
import { createConsoleIssuer } from '../adapters/console-session-issuer.ts';
import type { Database } from '../adapters/database.ts';
import { createPartyNames } from '../adapters/party-names.ts';
import { recentRequesters } from '../adapters/recent-requesters.ts';
import { createUpstream } from '../adapters/upstream.ts';
import type { Config } from '../config.ts';
import type { AuditLog, Clock } from '../ports.ts';
import type { Authentication } from './authenticate.ts';
import { createConsoleCredential } from './console-credential.ts';
import { createConsoleNames } from './console-names.ts';
import type { ConsoleRoutesOptions } from './console-routes.ts';
import { consoleKeys } from './settings-of.ts';

const DIRECTORY_CONNECTIONS = 4;

export interface ConsolePartsOptions {
  readonly config: Config;
  /** The installation's key. */
  readonly key: Uint8Array;
  readonly database: Database;
  readonly authentication: Authentication;
  readonly log: AuditLog;
  readonly clock: Clock;
}

export interface ConsoleParts {
  readonly signIn?: ConsoleRoutesOptions['signIn'];
  /** For the doors that the console uses: they take its sessions as well as tokens. */
  readonly authentication: Authentication;
}

export function consoleParts({ config, key, database, authentication, log, clock }: ConsolePartsOptions): ConsoleParts {
  const { console: settings, server, identity } = config;
  if (settings === undefined) return { authentication };
  const { publicUrl } = server;
  const keys = consoleKeys(key);
  const insecure = identity.issuers.some((row) => row.issuer === settings.issuer && (row.insecureHttp || row.issuer.startsWith('http:')));
  const issuer = createConsoleIssuer({ settings, insecure, publicUrl, clock });
  const sessions = createConsoleSessions({ database, key: keys.sessions, clock, limits: settings, renew: issuer.renew });
  const credential = createConsoleCredential({ sessions, key: keys.csrf, publicUrl });
  // Of its own, so that a page full of names never keeps a request for records waiting.
  const directory = createUpstream({ ...config.upstream, connections: DIRECTORY_CONNECTIONS }, { clock });
  const names = createConsoleNames({ namesOf: createPartyNames(directory), recent: () => recentRequesters(database) });
  return {
    signIn: {
      issuer,
      issuerName: settings.issuer,
      sessions,
      credential,
      key: keys.signIn,
      authentication,
      log,
      clock,
      publicUrl,
      names,
      close: () => directory.close(),
    },
    authentication: { ...authentication, tokenOfSession: async (request) => (await credential.sessionOf(request))?.tokens.access },
  };
}
