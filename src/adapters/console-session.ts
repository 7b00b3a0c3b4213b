/**
 * Sessions of the console (RFC 6265, OWASP ASVS 5.0 chapter 7): the browser holds a random secret, the database its hash, and
 * the issuer's tokens are encrypted there with a key from the installation's, which is elsewhere. A session ends when it is
 * closed, idle, too old, pushed out by newer ones of the same person, or when the issuer no longer renews its token.
 */
import { createHash, randomBytes } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import type { TransactionSql } from 'postgres';
import type { Clock } from '../ports.ts';
import type { Database } from './database.ts';
import { withinDeadline } from './database-deadline.ts';

export interface SessionTokens {
  readonly access: string;
  /** Unix milliseconds at which `access` ends, where the issuer told. */
  readonly accessUntil?: number;
  readonly refresh?: string;
  /** Sent back at sign-out, so that the issuer knows whom it signs out. */
  readonly id?: string;
}

export interface SessionContent {
  readonly tokens: SessionTokens;
  /** How the page calls the person. */
  readonly name: string;
}

export interface ConsoleSessions {
  /** @param person issuer and subject. @returns the secret that the browser is given */
  open(person: string, content: SessionContent): Promise<string>;
  /** Its token renewed where that was due; absent where there is no such session (any more). @throws what `renew` throws */
  find(secret: string): Promise<SessionContent | undefined>;
  /** What it holds, without that counting as use: it lives no longer for it, and nothing is renewed. */
  peek(secret: string): Promise<SessionContent | undefined>;
  /** @returns what it held */
  close(secret: string): Promise<SessionContent | undefined>;
}

export interface ConsoleSessionsOptions {
  readonly database: Database;
  /** 32 bytes, of this purpose alone. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly limits: { readonly idleMinutes: number; readonly sessionHours: number; readonly sessionsPerPerson: number };
  /** New tokens for a refresh token; absent where the issuer refuses. @throws where it can not be asked */
  readonly renew: (refresh: string) => Promise<SessionTokens | undefined>;
}

interface Row {
  readonly sealed: string;
  readonly seen_at: Date;
}

const MINUTE = 60_000;
/** A token that ends within this is renewed first. */
const RENEW_MS = 30_000;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

export function createConsoleSessions({ database, key, clock, limits, renew }: ConsoleSessionsOptions): ConsoleSessions {
  const { sql } = database;
  const now = () => new Date(clock.now()).toISOString();
  const idleSince = () => new Date(clock.now() - limits.idleMinutes * MINUTE).toISOString();
  const isDue = ({ tokens }: SessionContent) => tokens.accessUntil !== undefined && tokens.accessUntil - RENEW_MS <= clock.now();
  const live = async (tx: TransactionSql | typeof sql, id: Buffer, lock = false): Promise<Row | undefined> => {
    const [row] = await tx<Row[]>`select sealed, seen_at from console_session
      where id = ${id} and expires_at > ${now()}::text::timestamptz and seen_at > ${idleSince()}::text::timestamptz
      ${lock ? tx`for update` : tx``}`;
    return row;
  };

  /** One at a time: a refresh token may be good for one use only. */
  async function renewed(id: Buffer): Promise<SessionContent | undefined> {
    return sql.begin(async (tx) => {
      const row = await live(tx, id, true);
      const content = row && (await unseal(key, id, row.sealed));
      if (content === undefined || !isDue(content) || content.tokens.refresh === undefined) return content;
      const tokens = await renew(content.tokens.refresh);
      if (tokens === undefined) {
        await tx`delete from console_session where id = ${id}`;
        return undefined;
      }
      const next = { ...content, tokens: { ...content.tokens, ...tokens } };
      await tx`update console_session set sealed = ${await seal(key, id, next)} where id = ${id}`;
      return next;
    }) as Promise<SessionContent | undefined>;
  }

  return {
    async open(person, content) {
      const secret = randomBytes(32).toString('base64url');
      const id = sha256(secret);
      const owner = sha256(person);
      const until = new Date(clock.now() + limits.sessionHours * 60 * MINUTE).toISOString();
      const sealed = await seal(key, id, content);
      const opened = sql.begin(async (tx) => {
        await tx`delete from console_session where expires_at <= ${now()}::text::timestamptz`;
        await tx`delete from console_session where id in (select id from console_session where person = ${owner}
          order by opened_at desc offset ${limits.sessionsPerPerson - 1})`;
        await tx`insert into console_session (id, person, sealed, opened_at, seen_at, expires_at)
          values (${id}, ${owner}, ${sealed}, ${now()}::text::timestamptz, ${now()}::text::timestamptz, ${until}::text::timestamptz)`;
      });
      await withinDeadline(opened, 'console');
      return secret;
    },
    async find(secret) {
      if (!SECRET.test(secret)) return undefined;
      const id = sha256(secret);
      const row = await withinDeadline(live(sql, id), 'console');
      if (row === undefined) return undefined;
      if (clock.now() - row.seen_at.getTime() >= MINUTE) {
        await withinDeadline(sql`update console_session set seen_at = ${now()}::text::timestamptz where id = ${id}`, 'console');
      }
      const content = await unseal(key, id, row.sealed);
      return content !== undefined && isDue(content) && content.tokens.refresh !== undefined ? renewed(id) : content;
    },
    async peek(secret) {
      if (!SECRET.test(secret)) return undefined;
      const id = sha256(secret);
      const row = await withinDeadline(live(sql, id), 'console');
      return row && unseal(key, id, row.sealed);
    },
    async close(secret) {
      if (!SECRET.test(secret)) return undefined;
      const id = sha256(secret);
      const [row] = await withinDeadline(sql<Row[]>`delete from console_session where id = ${id} returning sealed, seen_at`, 'console');
      return row && unseal(key, id, row.sealed);
    },
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The id goes in as the audience: a row that is moved to another id opens for nobody. */
function seal(key: Uint8Array, id: Buffer, content: SessionContent): Promise<string> {
  return new EncryptJWT({ content: { ...content } })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setAudience(id.toString('base64url'))
    .encrypt(key);
}

/** What this installation did not write is no session. */
async function unseal(key: Uint8Array, id: Buffer, sealed: string): Promise<SessionContent | undefined> {
  const opened = await jwtDecrypt(sealed, key, {
    audience: id.toString('base64url'),
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
  }).catch(() => undefined);
  return opened?.payload.content as SessionContent | undefined;
}
