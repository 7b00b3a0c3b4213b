/**
 * `/admin/attestations`: attestations, determinations and restrictions recorded beforehand by entitled staff (design.md 4.3).
 * Who may record which kind, for how long and on which paper is data: policies/attestations.yaml. One is in force from its own
 * commit on, until its end or until it is withdrawn.
 */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { RecordedAttestations } from '../adapters/recorded-attestations.ts';
import { PrivityError } from '../errors.ts';
import { mayRecord } from '../policy/attestation-entitled.ts';
import type { AttestationRule, AttestationRules } from '../policy/attestation-rule.ts';
import type { Upstream } from '../ports.ts';
import { AdminProblem } from './admin-problem.ts';
import { type AdminAnswer, type AdminChange, type AdminDoor, type AdminRequest, adminRoute } from './admin-route.ts';

export interface AdminAttestationsOptions {
  readonly door: AdminDoor;
  readonly attestations: RecordedAttestations;
  readonly rules: AttestationRules;
  readonly upstream: Upstream;
}

const DAY = 86_400_000;
const Patient = z.string().regex(/^Patient\/[A-Za-z0-9.-]{1,64}$/, 'a relative reference: Patient/p1');
const Reference = z.string().regex(/^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/, 'a relative reference');
const Attestation = z.strictObject({
  kind: z.string().min(1).max(64),
  subject: Patient,
  /** Whom it is for; absent: anyone of the kind's recipients. */
  recipient: Reference.optional(),
  /** The paper that it rests on. */
  document: z.string().trim().min(1).max(500).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
});
const Nothing = z.strictObject({});

export function adminAttestations(app: FastifyInstance, options: AdminAttestationsOptions): void {
  const { door } = options;
  const target = 'attestations';
  app.get(
    '/admin/attestations',
    adminRoute(door, {
      interaction: 'search',
      action: 'E',
      roles: ['privacy-officer'],
      query: ['subject'],
      target,
      handle: (request) => list(options, request),
    }),
  );
  app.get(
    '/admin/attestations/kinds',
    adminRoute(door, { interaction: 'read', action: 'R', target, handle: async (request) => kinds(options, request) }),
  );
  app.post(
    '/admin/attestations',
    adminRoute(door, { interaction: 'attest', action: 'C', target, handle: (request) => record(options, request) }),
  );
  app.post(
    '/admin/attestations/:id/withdraw',
    adminRoute(door, { interaction: 'withdraw', action: 'U', target, handle: (request) => withdraw(options, request) }),
  );
}

async function list({ attestations }: AdminAttestationsOptions, { query }: AdminRequest): Promise<AdminAnswer> {
  const subject = Patient.safeParse(query.get('subject'));
  if (!subject.success) throw new PrivityError('invalid-request', 'subject: Patient/id');
  return { status: 200, body: { attestations: await attestations.historyOf(subject.data) }, subjects: [subject.data] };
}

/** What this person may record, with the sentence that is stood for. */
function kinds({ rules }: AdminAttestationsOptions, { requester }: AdminRequest): AdminAnswer {
  const own = [...rules.values()].filter(({ kind }) => mayRecord(rules, kind, requester.roles));
  if (own.length === 0) throw new PrivityError('forbidden');
  return { status: 200, body: { kinds: own } };
}

async function record({ attestations, rules, upstream }: AdminAttestationsOptions, request: AdminRequest): Promise<AdminChange> {
  const { kind, subject, recipient, document, until } = request.body(Attestation);
  const { requester, now } = request;
  const rule = rules.get(kind);
  if (rule === undefined || !mayRecord(rules, kind, requester.roles)) throw new PrivityError('attestation-not-entitled');
  const problems = problemsOf(rule, { recipient, document, until }, now);
  // Whether it is the author, each decision asks: it must be known who this is.
  if (rule.originator && requester.fhirUser === undefined) problems.push({ path: 'kind', message: 'the token has no fhirUser' });
  if (problems.length > 0)
    throw new AdminProblem(
      'invalid-content',
      problems.map((row) => ({ severity: 'error', ...row })),
    );
  if ((await upstream.get(subject)).status !== 200) throw new PrivityError('reference-not-found', 'subject');
  const longest = longestDays(rule, document);
  const end = until ?? (longest === undefined ? undefined : new Date(Date.parse(now) + longest * DAY).toISOString());
  return {
    target: `attestations/${kind}`,
    subjects: [subject],
    carryOut: async () => {
      const entry = await attestations.record({
        kind,
        subject,
        ...(recipient === undefined ? {} : { recipient }),
        ...(document === undefined ? {} : { document }),
        recordedBy: requester.fhirUser ?? request.person,
        recordedAt: now,
        ...(end === undefined ? {} : { until: end }),
      });
      return { status: 201, body: { ...entry, wording: rule.wording }, subjects: [subject] };
    },
  };
}

/** A statement by word of mouth holds for its own, shorter time (45 CFR 164.528(a)(2)(ii)(C)). */
function longestDays({ maxDays, oralDays }: AttestationRule, document: string | undefined): number | undefined {
  return document === undefined ? (oralDays ?? maxDays) : maxDays;
}

function problemsOf(
  rule: AttestationRule,
  { recipient, document, until }: Pick<z.output<typeof Attestation>, 'recipient' | 'document' | 'until'>,
  now: string,
) {
  const { document: needed, oralDays } = rule;
  const longest = longestDays(rule, document);
  const problems: { path: string; message: string }[] = [];
  if (oralDays !== undefined && recipient === undefined)
    problems.push({ path: 'recipient', message: 'who made the statement must be named' });
  if (oralDays !== undefined && document !== undefined && until === undefined)
    problems.push({ path: 'until', message: 'a written statement says for how long' });
  if (needed && document === undefined) problems.push({ path: 'document', message: 'this kind rests on a paper that must be referred to' });
  if (until !== undefined && Date.parse(until) <= Date.parse(now)) problems.push({ path: 'until', message: 'it has ended already' });
  if (until !== undefined && longest !== undefined && Date.parse(until) > Date.parse(now) + longest * DAY) {
    problems.push({ path: 'until', message: `this kind holds for ${longest} days at most` });
  }
  return problems;
}

/** By the privacy officer, or by whoever recorded it. */
async function withdraw({ attestations }: AdminAttestationsOptions, request: AdminRequest): Promise<AdminChange> {
  request.body(Nothing);
  const { requester, person, now, parameters } = request;
  const entry = await attestations.find(parameters.id ?? '');
  const own = entry?.recordedBy === person || (requester.fhirUser !== undefined && entry?.recordedBy === requester.fhirUser);
  if (!own && !requester.roles.includes('privacy-officer')) throw new PrivityError('forbidden');
  if (entry === undefined) throw new PrivityError('not-found');
  return {
    target: `attestations/${entry.kind}`,
    subjects: [entry.subject],
    carryOut: async () => {
      const withdrawn = await attestations.withdraw(entry.id, requester.fhirUser ?? person, now);
      if (withdrawn === undefined) throw new PrivityError('not-possible', 'it was withdrawn before');
      return { status: 200, body: withdrawn, subjects: [entry.subject] };
    },
  };
}
