/** A verification of the whole log as it goes, a line of JSON now and then: `{"rows":1500}`, at last `{"report":{…}}`. */
import type { DatabaseReport } from '../audit/verify-log.ts';

const EVERY_MS = 200;

/** @param verify tells how many records it has looked at; its failure is the generator's */
export async function* verifyLines(verify: (onProgress: (rows: number) => void) => Promise<DatabaseReport>): AsyncGenerator<string> {
  let rows = 0;
  const report = verify((number) => {
    rows = number;
  });
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const pause = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), EVERY_MS);
    });
    const done = await Promise.race([report, pause]).finally(() => clearTimeout(timer));
    if (done !== undefined) return yield `${JSON.stringify({ report: done })}\n`;
    yield `${JSON.stringify({ rows })}\n`;
  }
}
