/**
 * `GET /admin/recent-patients`: whose records were asked for lately, to choose from on pages that are about one patient. For those who
 * may name any patient there. It tells of nobody more than that; whom they chose is logged with what they ask next.
 */
import type { FastifyInstance } from 'fastify';
import type { Database } from '../adapters/database.ts';
import { recentPatients } from '../adapters/recent-patients.ts';
import { type AdminDoor, adminRoute } from './admin-route.ts';

export interface AdminRecentPatientsOptions {
  readonly door: AdminDoor;
  readonly database: Database;
}

export function adminRecentPatients(app: FastifyInstance, { door, database }: AdminRecentPatientsOptions): void {
  app.get(
    '/admin/recent-patients',
    adminRoute(door, {
      interaction: 'search',
      action: 'E',
      roles: ['policy-admin', 'privacy-officer', 'auditor'],
      target: 'recent-patients',
      handle: async () => ({ status: 200, body: { patients: await recentPatients(database) } }),
    }),
  );
}
