/**
 * What is to be said of an upload before anything is written: of each Consent whether it is a directive or an authorization, its
 * elements one by one (45 CFR 164.508(c), 42 CFR 2.31), what else was signed on its paper, what contradicts it, and its effect in
 * plain words. A Consent that would have no effect, or another than it says, is a problem, not a record.
 */
import { type DescribedAuthorization, describeAuthorization } from '../consent/describe-authorization.ts';
import { describeConflicts } from '../consent/describe-conflicts.ts';
import { type DescribedConsent, describeConsent } from '../consent/describe-consent.ts';
import { intervalOf } from '../consent/interval-of.ts';
import { normalizeConsent } from '../consent/normalize-consent.ts';
import type { NormalizedConsent } from '../consent/normalized-consent.ts';
import type { ConsentRecord } from '../consent/vote.ts';
import type { DecideSettings } from '../decide/settings.ts';
import type { PlannedResource } from './admin-consent-place.ts';
import type { UploadPlan } from './admin-consent-plan.ts';
import { placeIn } from './admin-consent-upload.ts';
import type { ContentProblem } from './admin-problem.ts';

export interface JudgedConsent {
  /** Where in the upload. */
  readonly entry: string;
  readonly action: PlannedResource['action'];
  /** With `update`: the version that is replaced. */
  readonly replaces?: string;
  readonly convertedFrom?: 'R5';
  readonly effect: DescribedConsent;
}

/** A required element that an authorization lacks. */
export interface ElementProblem extends ContentProblem {
  readonly element: string;
  readonly citation: string;
}

export interface JudgedUpload {
  readonly consents: readonly JudgedConsent[];
  readonly problems: readonly (ContentProblem | ElementProblem)[];
}

/** @param at ISO 8601 */
export function judgeUpload(plan: UploadPlan, at: string, { consent: settings }: DecideSettings): JudgedUpload {
  const judged = plan.consents.map((planned) => judgeOne(planned, plan, at, settings));
  return {
    consents: judged.map(({ consent }) => consent),
    problems: [...plan.problems, ...judged.flatMap(({ problems }) => problems), ...voidedByIt(plan, at, settings)],
  };
}

type Settings = DecideSettings['consent'];
type Found = { readonly consent: JudgedConsent; readonly problems: readonly ContentProblem[] };

function judgeOne(planned: PlannedResource, { after }: UploadPlan, at: string, settings: Settings): Found {
  const { path, action, resource, version, convertedFrom } = planned;
  const read = normalizeConsent(resource, after.base);
  const now = describeConsent(resource, after, at, settings);
  // What begins later is judged as it will be then.
  const begin = now.state === 'not-started' ? beginOf(read, at) : at;
  const authorization = read.kind === 'authorization' ? describeAuthorization(resource, after, begin, settings) : undefined;
  const effect = authorization === undefined ? now : { ...now, authorization };
  const consent: JudgedConsent = {
    entry: path,
    action,
    ...(version === undefined ? {} : { replaces: version }),
    ...(convertedFrom === undefined ? {} : { convertedFrom }),
    effect,
  };
  const conflicts = describeConflicts(resource, after, begin, settings).map(
    ({ kind, provision, message }): ContentProblem => ({
      severity: kind === 'opposed' ? 'warning' : 'error',
      path: placeIn(path, `Consent.${provision}`),
      message,
    }),
  );
  return { consent, problems: [...stateProblems(effect, path), ...elementProblems(authorization, path), ...conflicts] };
}

function beginOf({ rules }: NormalizedConsent, at: string): string {
  const begins = rules.flatMap(({ periods }) => periods.map(({ any }) => any[0]?.from ?? Number.NEGATIVE_INFINITY));
  const last = Math.max(intervalOf(at)?.from ?? 0, ...begins.filter(Number.isFinite));
  return new Date(last).toISOString();
}

/** Only what is, or will be, in force: what was taken back is taken back by an act of its own. */
function stateProblems({ state, why, kind, notUnderstood }: DescribedConsent, path: string): readonly ContentProblem[] {
  const problem = (place: string, message: string): ContentProblem => ({ severity: 'error', path: placeIn(path, place), message });
  const unknown = notUnderstood.map((name) => problem(`Consent.${name.split(': ')[0]}`, `not understood, or malformed: ${name}`));
  switch (state) {
    case 'revoked':
    case 'not-active':
      return [problem('Consent.status', 'only an active Consent is taken; a revocation is an act of its own'), ...unknown];
    case 'ended':
    case 'not-accepted':
    case 'another-patient':
    case 'no-say':
      return [problem('Consent', why), ...unknown];
    default:
      return kind === 'directive' && state === 'unreadable' && unknown.length === 0 ? [problem('Consent', why)] : unknown;
  }
}

function elementProblems(authorization: DescribedAuthorization | undefined, path: string): readonly ContentProblem[] {
  if (authorization === undefined || authorization.valid) return [];
  const missing = authorization.elements.filter(({ required, status }) => required && status === 'missing');
  if (missing.length === 0) return [{ severity: 'error', path, message: 'it authorizes nothing under the law that it names' }];
  return missing.map(
    ({ id, citation, detail }): ElementProblem => ({
      severity: 'error',
      path,
      element: id,
      citation,
      message: `${id} (${citation}): ${detail}`,
    }),
  );
}

/** 164.508(b)(3)(ii): what is signed on the same paper can void an authorization that was valid until now. */
function voidedByIt({ before, after, consents }: UploadPlan, at: string, settings: Settings): readonly ContentProblem[] {
  const own = new Set(consents.map(({ place }) => place));
  const [path] = consents.map((planned) => planned.path);
  return before.consents.flatMap((consent): ContentProblem[] => {
    const read = normalizeConsent(consent, before.base);
    if (read.kind !== 'authorization' || own.has(read.reference) || !isValid(consent, before, at, settings)) return [];
    if (isValid(consent, after, at, settings)) return [];
    const message = `it would void ${read.reference}, which was signed on the same document (AV-02, 45 CFR 164.508(b)(3)(ii))`;
    return [{ severity: 'error', path: path ?? '', message }];
  });
}

function isValid(consent: ConsentRecord['consents'][number], record: ConsentRecord, at: string, settings: Settings): boolean {
  return describeAuthorization(consent, record, at, settings).valid;
}
