/**
 * Processes of the benchmark: each part runs in one of its own, so that what it costs can be told apart. A child says where
 * it listens once it is ready, and what it has used whenever it is asked.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** CPU in microseconds since the start, memory in bytes; `peak` since the start. */
export interface Usage {
  readonly cpu: number;
  readonly rss: number;
  readonly peak: number;
}

export interface Child {
  readonly url: string;
  usage(): Promise<Usage>;
  ask<Answer>(question: object): Promise<Answer>;
  stop(): Promise<void>;
}

/** @param argument handed over as JSON; the child reads it with `argument()` */
export async function startChild(file: string, given: object = {}, nodeArguments: readonly string[] = []): Promise<Child> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(given)], {
    execArgv: [...process.execArgv, ...nodeArguments],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { url } = await nextMessage<{ url: string }>(child, file);
  const ask = async <Answer>(question: object): Promise<Answer> => {
    child.send(question);
    return nextMessage<Answer>(child, file);
  };
  return {
    url,
    ask,
    usage: () => ask<Usage>({ usage: true }),
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function nextMessage<Message>(child: ChildProcess, file: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`${file} ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as Message);
    });
  });
}

/** In the child: what `startChild` was given. */
export function argument<Given>(): Given {
  return JSON.parse(process.argv[2] ?? '{}') as Given;
}

/**
 * In the child: tells that it listens, and answers questions from then on.
 * @param answer for questions other than that for usage
 */
export function serveParent(url: string, close: () => Promise<void>, answer?: (question: never) => Promise<object>): void {
  process.on('message', async (question: { usage?: boolean }) => {
    process.send?.(question.usage === true ? usageNow() : await answer?.(question as never));
  });
  process.once('SIGTERM', () => void close().finally(() => process.exit(0)));
  process.once('disconnect', () => void close().finally(() => process.exit(0)));
  process.send?.({ url });
}

function usageNow(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpu: user + system, rss: process.memoryUsage.rss(), peak: process.resourceUsage().maxRSS * 1024 };
}
