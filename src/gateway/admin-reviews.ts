/**
 * `/admin/reviews`: break-glass uses, approvals and psychotherapy-note candidates, looked at by privacy officers (45 CFR
 * 164.308(a)(1)(ii)(D), 164.501). How a candidate's review ends becomes a label that outlives it.
 */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { type Attested, attestedFor } from '../adapters/attested-for.ts';
import type { Database } from '../adapters/database.ts';
import type { Review, ReviewAct, ReviewComment, ReviewQueue } from '../adapters/review-queue.ts';
import { PrivityError } from '../errors.ts';
import type { AttestationRule, AttestationRules } from '../policy/attestation-rule.ts';
import { type AdminAnswer, type AdminChange, type AdminDoor, type AdminRequest, adminRoute, etagOf } from './admin-route.ts';

export interface AdminReviewsOptions {
  readonly door: AdminDoor;
  readonly queue: ReviewQueue;
  readonly database: Database;
  readonly rules: AttestationRules;
}

/** One review with all that its reviewer needs. */
export interface WholeReview extends Review {
  readonly comments: readonly ReviewComment[];
  /** Of an access that somebody answers for: what was attested for it, with the sentence that is stood for. */
  readonly attested?: readonly (Attested & Partial<Pick<AttestationRule, 'title' | 'citation' | 'wording'>>)[];
}

const ROLES = ['privacy-officer'] as const;
const MAX_COUNT = 200;
const Text = z.string().trim().min(1).max(2000);
const Assignment = z.strictObject({ assignee: z.string().trim().min(1).max(255) });
const Comment = z.strictObject({ text: Text });
const Closing = z.strictObject({ outcome: z.string().min(1).max(64), note: Text });

/** Kinds of reviews that ask whether an access was justified. */
const ANSWERED_FOR: ReadonlySet<string> = new Set(['human-approval', 'break-glass']);

export function adminReviews(app: FastifyInstance, options: AdminReviewsOptions): void {
  const { door, queue } = options;
  const target = ({ parameters }: AdminRequest) => `reviews/${/^[0-9a-f-]{36}$/i.test(parameters.id ?? '') ? parameters.id : ''}`;
  app.get(
    '/admin/reviews',
    adminRoute(door, {
      interaction: 'search',
      action: 'E',
      roles: ROLES,
      query: ['state', 'kind', 'assignedTo', 'subject', '_count', 'after'],
      target: 'reviews',
      handle: (request) => list(queue, request),
    }),
  );
  app.get(
    '/admin/reviews/:id',
    adminRoute(door, { interaction: 'read', action: 'R', roles: ROLES, target, handle: (request) => read(options, request) }),
  );
  const acts = { assign, comment, close };
  for (const [name, act] of Object.entries(acts)) {
    app.post(
      `/admin/reviews/:id/${name}`,
      adminRoute(door, { interaction: name, action: 'U', roles: ROLES, target, handle: (request) => act(queue, request) }),
    );
  }
}

async function list(queue: ReviewQueue, { query }: AdminRequest): Promise<AdminAnswer> {
  const state = query.get('state');
  const count = query.get('_count') ?? '50';
  if (state !== undefined && state !== 'open' && state !== 'closed') throw new PrivityError('invalid-request', 'state: open or closed');
  if (!/^[1-9]\d{0,2}$/.test(count) || Number(count) > MAX_COUNT) throw new PrivityError('invalid-request', `_count: 1 to ${MAX_COUNT}`);
  const filter = Object.fromEntries(['kind', 'assignedTo', 'subject', 'after'].map((name) => [name, query.get(name)]));
  const reviews = await queue.list({ ...filter, ...(state === undefined ? {} : { state }), count: Number(count) });
  return { status: 200, body: { reviews }, subjects: subjectsOf(reviews) };
}

async function read({ queue, database, rules }: AdminReviewsOptions, { parameters }: AdminRequest): Promise<AdminAnswer> {
  const review = await queue.read(parameters.id ?? '');
  if (review === undefined) throw new PrivityError('not-found');
  const { event, kind } = review;
  const attested = event === undefined || !ANSWERED_FOR.has(kind) ? undefined : await attestedFor(database, event);
  const body: WholeReview = {
    ...review,
    ...(attested === undefined ? {} : { attested: attested.map((row) => ({ ...row, ...wordsOf(rules.get(row.kind)) })) }),
  };
  return { status: 200, headers: etagOf(review.revision), body, subjects: subjectsOf([review]) };
}

/** Empty for a kind that there is no rule of any more. */
function wordsOf(rule: AttestationRule | undefined): Partial<Pick<AttestationRule, 'title' | 'citation' | 'wording'>> {
  return rule === undefined ? {} : { title: rule.title, citation: rule.citation, wording: rule.wording };
}

async function assign(queue: ReviewQueue, request: AdminRequest): Promise<AdminChange> {
  const { assignee } = request.body(Assignment);
  const act = await actOf(queue, request);
  return changing(act, () => queue.assign(act, assignee));
}

async function comment(queue: ReviewQueue, request: AdminRequest): Promise<AdminChange> {
  const { text } = request.body(Comment);
  const review = await found(queue, request);
  return changing(review, () => queue.comment(review.id, { by: request.person, at: request.now, text }));
}

async function close(queue: ReviewQueue, request: AdminRequest): Promise<AdminChange> {
  const { outcome, note } = request.body(Closing);
  const act = await actOf(queue, request);
  return changing(act, () => queue.close(act, outcome, note));
}

async function found(queue: ReviewQueue, { parameters }: AdminRequest): Promise<Review> {
  const review = await queue.read(parameters.id ?? '');
  if (review === undefined) throw new PrivityError('not-found');
  return review;
}

async function actOf(queue: ReviewQueue, request: AdminRequest): Promise<ReviewAct & { readonly subject?: string }> {
  const { id, subject } = await found(queue, request);
  if (request.seen === undefined) throw new PrivityError('precondition-required');
  return { id, seen: request.seen, by: request.person, at: request.now, ...(subject === undefined ? {} : { subject }) };
}

function changing({ id, subject }: { readonly id: string; readonly subject?: string }, act: () => Promise<Review>): AdminChange {
  const subjects = subject === undefined ? [] : [subject];
  return {
    target: `reviews/${id}`,
    subjects,
    carryOut: async () => {
      const review = await act();
      return { status: 200, headers: etagOf(review.revision), body: review, subjects };
    },
  };
}

function subjectsOf(reviews: readonly Review[]): readonly string[] {
  return [...new Set(reviews.flatMap(({ subject }) => subject ?? []))];
}
