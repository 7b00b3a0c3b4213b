/** `/audit/holds`: legal holds, which keep a patient's months of the log (or all of it) from being purged. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { createLegalHolds } from '../adapters/audit-holds.ts';
import type { Database } from '../adapters/database.ts';
import { PrivityError } from '../errors.ts';
import { type AdminDoor, adminRoute } from './admin-route.ts';

const Hold = z.strictObject({
  /** Absent: the whole log. */
  subject: z
    .string()
    .regex(/^Patient\/[A-Za-z0-9.-]{1,64}$/, 'a relative reference: Patient/p1')
    .optional(),
  reason: z.string().trim().min(5).max(500),
});
const Nothing = z.strictObject({});

export function holdRoutes(app: FastifyInstance, { database, ...door }: AdminDoor & { readonly database: Database }): void {
  const holds = createLegalHolds(database.sql);
  app.get(
    '/audit/holds',
    adminRoute(door, {
      interaction: 'search',
      action: 'E',
      roles: ['auditor', 'privacy-officer'],
      target: 'holds',
      handle: async () => ({ status: 200, body: { holds: await holds.list() } }),
    }),
  );
  app.post(
    '/audit/holds',
    adminRoute(door, {
      interaction: 'hold',
      action: 'C',
      roles: ['privacy-officer'],
      target: 'holds',
      handle: async ({ body, person, now }) => {
        const { subject, reason } = body(Hold);
        const subjects = subject === undefined ? [] : [subject];
        return {
          target: 'holds',
          subjects,
          async carryOut() {
            const made = await holds.record({ ...(subject === undefined ? {} : { subject }), reason, recordedBy: person, recordedAt: now });
            return { status: 201, body: made, headers: { location: `/audit/holds/${made.id}` }, subjects };
          },
        };
      },
    }),
  );
  app.post(
    '/audit/holds/:id/release',
    adminRoute(door, {
      interaction: 'release',
      action: 'U',
      roles: ['privacy-officer'],
      target: 'holds',
      handle: async ({ body, parameters, person, now }) => {
        body(Nothing);
        const held = await holds.find(parameters.id ?? '');
        if (held === undefined) throw new PrivityError('not-found');
        const subjects = held.subject === undefined ? [] : [held.subject];
        return {
          target: `holds/${held.id}`,
          subjects,
          async carryOut() {
            const released = await holds.release(held.id, person, now);
            if (released === undefined) throw new PrivityError('conflict');
            return { status: 200, body: released, subjects };
          },
        };
      },
    }),
  );
}
