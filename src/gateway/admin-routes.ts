/** `/admin`: what administrators and privacy officers do through the gateway's own API (design.md section 6). */
import type { FastifyInstance } from 'fastify';
import { type AdminAttestationsOptions, adminAttestations } from './admin-attestations.ts';
import { type AdminCodeSetsOptions, adminCodeSets } from './admin-code-sets.ts';
import { type AdminConsentsOptions, adminConsents } from './admin-consents.ts';
import { type AdminExplainOptions, adminExplain } from './admin-explain.ts';
import { type AdminPoliciesOptions, adminPolicies } from './admin-policies.ts';
import { type AdminRecentPatientsOptions, adminRecentPatients } from './admin-recent-patients.ts';
import { type AdminReviewsOptions, adminReviews } from './admin-reviews.ts';
import type { AdminDoor } from './admin-route.ts';

export interface AdminRoutesOptions {
  readonly door: AdminDoor;
  readonly policies: Omit<AdminPoliciesOptions, 'door'>;
  readonly consents: Omit<AdminConsentsOptions, 'door'>;
  readonly codeSets: Omit<AdminCodeSetsOptions, 'door'>;
  readonly explain: Omit<AdminExplainOptions, 'door'>;
  readonly attestations: Omit<AdminAttestationsOptions, 'door'>;
  readonly reviews: Omit<AdminReviewsOptions, 'door'>;
  readonly recentPatients: Omit<AdminRecentPatientsOptions, 'door'>;
}

export function adminRoutes(
  app: FastifyInstance,
  { door, policies, codeSets, consents, explain, attestations, reviews, recentPatients }: AdminRoutesOptions,
): void {
  adminPolicies(app, { door, ...policies });
  adminConsents(app, { door, ...consents });
  adminCodeSets(app, { door, ...codeSets });
  adminExplain(app, { door, ...explain });
  adminAttestations(app, { door, ...attestations });
  adminReviews(app, { door, ...reviews });
  adminRecentPatients(app, { door, ...recentPatients });
}
