/** `privity export`: how the exports of an installation's log do, and to have sent again what they were refused. */
import { readTargets, retryParked, type TargetState } from './audit-export-targets.ts';
import { openLog } from './audit-verify-database.ts';

/** @throws PrivityError `configuration-invalid` where there is no log */
export async function exportStates(
  { database }: { readonly database: { readonly dataDir: string; readonly url?: string } },
  retry: boolean,
): Promise<readonly TargetState[]> {
  const log = await openLog(database, retry ? 'owner' : 'read-only');
  try {
    const states = await readTargets(log.sql);
    if (retry) for (const { target } of states) await retryParked(log.sql, target);
    return states;
  } finally {
    await log.close();
  }
}
