/** A gateway process as far as its database goes: starts it on the directory given, says so in one line, stays until killed. */
import { startDatabase } from '../../src/adapters/database.ts';

const dataDir = process.argv[2] ?? '';
try {
  const database = await startDatabase({ dataDir });
  process.on('SIGTERM', () => database.close().then(() => process.exit(0)));
  process.stdout.write(`${JSON.stringify({ serverPid: database.serverPid })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: (error as Error).message })}\n`);
}
