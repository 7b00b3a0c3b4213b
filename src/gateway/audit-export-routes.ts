/** `/audit/export`: where the log is exported to, how far behind each place is, what it refused; and to have that sent again. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { readTargets, retryParked, TARGETS } from '../adapters/audit-export-targets.ts';
import type { Database } from '../adapters/database.ts';
import { PrivityError } from '../errors.ts';
import { type AdminDoor, adminRoute } from './admin-route.ts';

const Nothing = z.strictObject({});

export function exportRoutes(app: FastifyInstance, { database, ...door }: AdminDoor & { readonly database: Database }): void {
  app.get(
    '/audit/export',
    adminRoute(door, {
      interaction: 'search',
      action: 'E',
      roles: ['auditor', 'privacy-officer'],
      target: 'export',
      handle: async () => ({ status: 200, body: { targets: await readTargets(database.sql) } }),
    }),
  );
  app.post(
    '/audit/export/:target/retry',
    adminRoute(door, {
      interaction: 'retry',
      action: 'U',
      roles: ['auditor', 'privacy-officer'],
      target: 'export',
      handle: async ({ body, parameters }) => {
        body(Nothing);
        const target = TARGETS.find((name) => name === parameters.target);
        const configured = await readTargets(database.sql);
        if (target === undefined || !configured.some((state) => state.target === target)) throw new PrivityError('not-found');
        return {
          target: `export/${target}`,
          carryOut: async () => ({ status: 202, body: { target, events: await retryParked(database.sql, target) } }),
        };
      },
    }),
  );
}
