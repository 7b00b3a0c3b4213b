/**
 * Transactions that survive the loss of their connection (design.md section 5). postgres.js sends what follows, its own ROLLBACK
 * too, on the connection that is gone: the write fails outside of every promise and ends the process, or leaves a connection
 * that never opens again. Here nothing is sent on a connection once it is lost; PostgreSQL rolls back by itself.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Sql, TransactionSql } from 'postgres';

type Work = (tx: TransactionSql) => unknown;

/** How long a connection that said good-bye may take to close. */
const CLOSING_MS = 1000;

/** @returns the same client, its `begin` guarded */
export function guardTransactions(sql: Sql): Sql {
  const begin = sql.begin.bind(sql) as (options: string, work: Work) => Promise<unknown>;
  const guarded = (...args: [Work] | [string, Work]) => {
    const [options, work] = args.length === 1 ? ['', args[0]] : args;
    return beginGuarded(begin, options, work);
  };
  return Object.assign(sql, { begin: guarded });
}

/** Where the connection is lost postgres.js rejects what `begin` gave; work on it that goes on then must end in nothing. */
function beginGuarded(begin: (options: string, work: Work) => Promise<unknown>, options: string, work: Work): Promise<unknown> {
  let lost: Error | undefined;
  let noteLost: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    noteLost = resolve;
  });
  const outcome = begin(
    options,
    (tx) =>
      new Promise((resolve, reject) => {
        const failed = async (error: unknown) => {
          await turn();
          if (lost === undefined && saysGoodBye(error)) await within(closed, CLOSING_MS);
          if (lost === undefined) reject(error);
        };
        (async () => work(refusing(tx, () => lost)))().then((value) => {
          if (lost === undefined) resolve(value);
        }, failed);
      }),
  );
  outcome.catch((error: Error) => {
    lost = error;
    noteLost();
  });
  return outcome;
}

/** Throws instead of using what is lost. */
function refusing(tx: TransactionSql, lost: () => Error | undefined): TransactionSql {
  const check = () => {
    const error = lost();
    if (error !== undefined) throw error;
  };
  return new Proxy(tx, {
    apply(target, self, args) {
      check();
      return Reflect.apply(target, self, args);
    },
    get(target, name) {
      check();
      return Reflect.get(target, name);
    },
  });
}

/** The server ends the connection (SQLSTATE class 57P and whatever else is FATAL), or it has broken already. */
function saysGoodBye(error: unknown): boolean {
  const { severity = 'ERROR', code = '', syscall } = (error ?? {}) as { severity?: string; code?: unknown; syscall?: unknown };
  return severity !== 'ERROR' || /^CONNECTION_/.test(String(code)) || syscall !== undefined;
}

async function within(event: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([event, late]);
  clearTimeout(timer);
}
