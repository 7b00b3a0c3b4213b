/**
 * `GET /admin/law`: the federal law and the overlays of the states that are switched on, as this installation enforces them, each
 * policy as Cedar and in prose with its citation. It is nobody's secret here: everyone with a role of the console may read it.
 */
import type { FastifyInstance } from 'fastify';
import type { PolicyFoundation } from '../policy/build-foundation.ts';
import { describePolicy } from '../policy/describe-policy.ts';
import type { PolicySet } from '../policy/policy-set.ts';
import type { PolicyNames } from '../policy/policy-words.ts';
import { type AdminDoor, adminRoute } from './admin-route.ts';

export interface AdminLawOptions {
  readonly door: AdminDoor;
  readonly foundation: PolicyFoundation;
  readonly names: PolicyNames;
}

const ROLES = ['policy-admin', 'auditor', 'privacy-officer'] as const;

export function adminLaw(app: FastifyInstance, { door, foundation: { law, states = [] }, names }: AdminLawOptions): void {
  const told = (set: PolicySet, kind: 'law' | 'state') => ({
    name: set.name,
    kind,
    policies: set.statements.map((statement) => ({ ...describePolicy(statement, names), text: statement.text })),
  });
  // It is of the folder, and changes with a restart only.
  const body = { sets: [told(law, 'law'), ...states.map((state) => told(state, 'state'))] };
  app.get(
    '/admin/law',
    adminRoute(door, { interaction: 'read', action: 'R', roles: ROLES, target: 'law', handle: async () => ({ status: 200, body }) }),
  );
}
