/** A gateway process in the middle of an activation: everything is written, nothing is committed. Says so, and stays until killed. */
import type { Database } from '../../src/adapters/database.ts';
import { createPolicyStore } from '../../src/adapters/policy-store.ts';
import { createPoliciesInForce } from '../../src/adapters/policy-store-in-force.ts';
import { shipped } from '../policy/shipped.ts';
import { ownerOf } from './database.ts';

const [dataDir = '', name = '', seen = '0'] = process.argv.slice(2);
const database = { sql: ownerOf(dataDir) } as unknown as Database;
const inForce = await createPoliciesInForce(database, shipped, () => undefined);
const store = createPolicyStore({
  database,
  twoPersons: false,
  inForce: {
    ...inForce,
    async announce(tx) {
      const version = await inForce.announce(tx);
      process.stdout.write('announced\n');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      return version;
    },
  },
});
await store.act({ name, kind: 'activate', version: 1, seen: Number(seen), by: 'p', at: new Date().toISOString() });
