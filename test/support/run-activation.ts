/** A gateway process in the middle of an activation: everything is written, nothing is committed. Says so, and stays until killed. */

import { createCodeSetStore } from '../../src/adapters/code-set-store.ts';
import type { Database } from '../../src/adapters/database.ts';
import { createPolicyStore } from '../../src/adapters/policy-store.ts';
import { createPoliciesInForce, type PoliciesInForce } from '../../src/adapters/policy-store-in-force.ts';
import { shipped } from '../policy/shipped.ts';
import { ownerOf } from './database.ts';

const [dataDir = '', name = '', seen = '0', of = 'policy set'] = process.argv.slice(2);
const database = { sql: ownerOf(dataDir) } as unknown as Database;
const real = await createPoliciesInForce(database, shipped, () => undefined);
const inForce: PoliciesInForce = {
  ...real,
  async announce(tx) {
    const version = await real.announce(tx);
    process.stdout.write('announced\n');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    return version;
  },
};
const options = { database, twoPersons: false, inForce };
const store = of === 'code set' ? createCodeSetStore(options) : createPolicyStore(options);
await store.act({ name, kind: 'activate', version: 1, seen: Number(seen), by: 'p', at: new Date().toISOString() });
