/**
 * `POST /admin/explain`: why somebody may or may not see something, now or as it was decided then (design.md section 6). For
 * policy administrators and privacy officers; about which patient they asked is in the log.
 */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { RefusedExplanation } from '../decide/explanation.ts';
import { PrivityError } from '../errors.ts';
import type { Resource } from '../fhir/resource.ts';
import { FACTS } from '../policy/question.ts';
import { isPurpose } from '../requester/read-purposes.ts';
import { type Requester, ROLES, type Role } from '../requester/requester.ts';
import type { RequesterRules } from '../requester/requester-rules.ts';
import { toRequester } from '../requester/to-requester.ts';
import { type ExplainChoices, explainChoices } from './admin-explain-choices.ts';
import { type ExplainNow, explainNow } from './admin-explain-now.ts';
import { explainPast } from './admin-explain-past.ts';
import type { AskedNow } from './admin-explain-turns.ts';
import { type AdminAnswer, type AdminDoor, type AdminRequest, adminRoute } from './admin-route.ts';

export interface AdminExplainOptions extends ExplainNow, ExplainChoices {
  readonly door: AdminDoor;
  readonly mayAssert: RequesterRules['mayAssert'];
}

const Reference = z.string().regex(/^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/, 'a relative reference: Observation/o1');
const Text = z.string().min(1).max(255);
const Described = z.strictObject({
  id: Text.default('someone'),
  roles: z.array(z.enum(ROLES)).min(1),
  fhirUser: Reference.optional(),
  organization: Text.optional(),
  /** SMART launch context. */
  patient: Reference.optional(),
  facts: z.array(z.enum(FACTS)).default([]),
  attestations: z
    .array(z.strictObject({ kind: z.string().regex(/^[A-Z]{2}-\d{2}$/), text: Text }))
    .max(8)
    .default([]),
  breakGlassReason: z.string().min(10).max(500).optional(),
});
const Now = z
  .strictObject({
    requester: Described,
    purpose: z.string().refine(isPurpose, 'a code of v3-PurposeOfUse'),
    action: z.enum(['disclose', 'create', 'update', 'delete']).default('disclose'),
    resource: z.looseObject({ resourceType: z.string().regex(/^[A-Z][A-Za-z]+$/) }).optional(),
    reference: Reference.optional(),
  })
  .refine(({ resource, reference }) => (resource === undefined) !== (reference === undefined), 'either a resource or a reference');
const Past = z.strictObject({ event: z.uuid(), reference: Reference.optional() });
const Either = z.looseObject({});

const EXPLAINS: readonly Role[] = ['policy-admin', 'privacy-officer'];

export function adminExplain(app: FastifyInstance, options: AdminExplainOptions): void {
  const { door } = options;
  const shared = { roles: EXPLAINS, target: 'explain' };
  app.post(
    '/admin/explain',
    adminRoute(door, { ...shared, interaction: 'explain', action: 'E', handle: (request) => explain(options, request) }),
  );
  const choices = explainChoices(options);
  app.get('/admin/explain/choices', adminRoute(door, { ...shared, interaction: 'read', action: 'R', handle: choices }));
}

async function explain(options: AdminExplainOptions, request: AdminRequest): Promise<AdminAnswer> {
  if ('event' in request.body(Either)) {
    const { event, reference } = request.body(Past);
    const readsLog = request.requester.roles.some((role) => role === 'privacy-officer' || role === 'auditor');
    const { explanation, subjects } = await explainPast(options.database, options.names, { event, reference, readsLog });
    return { status: 200, body: explanation, subjects };
  }
  const asked = request.body(Now);
  const described = describe(options, asked);
  if ('effect' in described) return { status: 200, body: described };
  const { action, reference } = asked;
  const resource = asked.resource as Resource | undefined;
  const now: AskedNow = { requester: described, action, ...(resource === undefined ? { reference } : { resource }) };
  const explanation = await explainNow(options, now);
  return { status: 200, body: explanation, subjects: explanation.subjects };
}

/** Through the same door as a token: what it would refuse there is the explanation. Scopes are not judged here. */
function describe(
  { pipeline, mayAssert }: AdminExplainOptions,
  { requester, purpose }: z.infer<typeof Now>,
): Requester | RefusedExplanation {
  const { id, roles, fhirUser, organization, patient, facts, attestations, breakGlassReason } = requester;
  const bases = [pipeline.upstream.base, pipeline.publicBase];
  const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
  try {
    return toRequester({
      issuer: 'explain',
      claims: { sub: id, exp: Number.MAX_SAFE_INTEGER, roles, purpose_of_use: [purpose], fhirUser, organization, patient, facts },
      headers: {
        ...(breakGlassReason === undefined ? {} : { 'x-break-glass': latin1(breakGlassReason) }),
        'x-attestation': attestations.map(({ kind, text }) => latin1(`${kind}; ${text}`)),
      },
      rules: { issuer: { claims: {}, roles: {}, clients: {}, facts }, bases, mayAssert },
    });
  } catch (error) {
    if (!(error instanceof PrivityError)) throw error;
    const { code, detail, kind } = error;
    return { effect: 'refused', reason: code, text: kind.text, ...(detail === undefined ? {} : { detail }) };
  }
}
