/** `/admin`: what administrators and privacy officers do through the gateway's own API (design.md section 6). */
import type { FastifyInstance } from 'fastify';
import { type AdminExplainOptions, adminExplain } from './admin-explain.ts';
import { type AdminPoliciesOptions, adminPolicies } from './admin-policies.ts';
import type { AdminDoor } from './admin-route.ts';

export interface AdminRoutesOptions {
  readonly door: AdminDoor;
  readonly policies: Omit<AdminPoliciesOptions, 'door'>;
  readonly explain: Omit<AdminExplainOptions, 'door'>;
}

export function adminRoutes(app: FastifyInstance, { door, policies, explain }: AdminRoutesOptions): void {
  adminPolicies(app, { door, ...policies });
  adminExplain(app, { door, ...explain });
}
