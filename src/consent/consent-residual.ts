/**
 * The residual of one directive (IHE PCF 1.1, ITI-71 and 53.4): what an authorization server that has settled requester
 * and purpose leaves to the enforcement point. Rules are read in order, the last that matches decides; a leading
 * `forbid` without constraints stands for everything that is not named.
 */
import type { Coding } from '../fhir/resource.ts';
import { bindDirective, outOfForce, type ScopeQuestion, scopeOf } from './bind-directives.ts';
import { constrainsData } from './match-data.ts';
import { normalizeConsent } from './normalize-consent.ts';
import type { Constraints, Rule } from './normalized-consent.ts';
import type { ConsentRecord } from './vote.ts';

export interface ResidualRule {
  readonly type: 'permit' | 'forbid';
  readonly securityLabel?: readonly Coding[];
  readonly class?: readonly Coding[];
  readonly code?: readonly Coding[];
  readonly dataPeriod?: { readonly start?: string; readonly end?: string };
  readonly data?: readonly { readonly meaning: string; readonly reference: { readonly reference: string } }[];
}

/** The `ihe_pcf` extension of an IUA access token. */
export interface IhePcf {
  readonly patient_id: string;
  readonly doc_id: readonly string[];
  readonly residual?: readonly ResidualRule[];
}

export interface ConsentResidual {
  /** `deny`: no token. `not-applicable`: the implicit policy decides. */
  readonly outcome: 'permit' | 'deny' | 'not-applicable';
  /** Purposes for the token (`ihe_iua.purpose_of_use`); only with `permit`. */
  readonly purposes?: readonly Coding[];
  readonly token?: IhePcf;
}

/**
 * @param context who asks, why and when; `base`: put before relative references, as `http://example.org/fhir`
 * @throws RangeError where `question.at` is no time
 */
export function consentResidual(
  consent: ConsentRecord['consents'][number],
  context: {
    readonly record: ConsentRecord;
    readonly question: ScopeQuestion;
    readonly custodians?: readonly string[];
    readonly base?: string;
  },
): ConsentResidual {
  const { record, question, base } = context;
  const normalized = normalizeConsent(consent, record.base);
  const scope = scopeOf(record, question, context.custodians ?? []);
  if (normalized.kind !== 'directive' || outOfForce(normalized, record, scope, question.subject) !== undefined)
    return { outcome: 'not-applicable' };
  const bound = bindDirective(normalized, scope);
  if (bound.otherwise === 'outside') return { outcome: 'deny' };
  // What comes before a rule without constraints on data never decides.
  const last = bound.rules.findLastIndex((rule) => !constrainsData(rule.constraints));
  const otherwise = bound.rules[last]?.effect ?? bound.otherwise;
  const rest = bound.rules.slice(last + 1);
  if (otherwise === 'none' && !rest.some(permits)) return { outcome: 'not-applicable' };
  if (otherwise === 'deny' && !rest.some(permits)) return { outcome: 'deny' };
  const absolute = (reference: string): string =>
    base === undefined || /^(https?:|urn:|#)/.test(reference) ? reference : `${base}/${reference}`;
  const residual = [...(otherwise === 'deny' ? [{ type: 'forbid' as const }] : []), ...rest.map((rule) => residualRule(rule, absolute))];
  return {
    outcome: 'permit',
    purposes: purposesOf(bound.rules.filter(permits)),
    token: {
      patient_id: absolute(question.subject),
      doc_id: [absolute(normalized.reference)],
      ...(residual.length === 0 ? {} : { residual }),
    },
  };
}

const permits = (rule: Rule): boolean => rule.effect === 'permit';

function purposesOf(rules: readonly Rule[]): readonly Coding[] {
  const all = rules.flatMap((rule) => rule.constraints.purposes?.any ?? []);
  return [...new Map(all.map((coding) => [`${coding.system}|${coding.code}`, coding])).values()];
}

function residualRule({ effect, constraints }: Rule, absolute: (reference: string) => string): ResidualRule {
  const { labels, codes, data } = constraints;
  const classes = classesOf(constraints);
  const period = constraints.dataPeriod?.any[0];
  return {
    type: effect === 'permit' ? 'permit' : 'forbid',
    ...(labels === undefined ? {} : { securityLabel: labels.any }),
    ...(classes.length === 0 ? {} : { class: classes }),
    ...(codes === undefined ? {} : { code: codes.any }),
    ...(period === undefined ? {} : { dataPeriod: { ...asDate('start', period.from), ...asDate('end', period.to) } }),
    ...(data === undefined
      ? {}
      : { data: data.any.map(({ meaning, reference }) => ({ meaning, reference: { reference: absolute(reference) } })) }),
  };
}

const classesOf = ({ classes, documentTypes, resourceTypes }: Constraints): readonly Coding[] =>
  [classes, documentTypes, resourceTypes].flatMap((alternatives) => alternatives?.any ?? []);

const DAY = 86_400_000;

/** A bound on a day's edge as a date, any other as an instant; an open end is left out. */
function asDate(name: 'start' | 'end', time: number): { readonly start?: string; readonly end?: string } {
  if (!Number.isFinite(time)) return {};
  const onEdge = (name === 'start' ? time : time + 1) % DAY === 0;
  const text = new Date(time).toISOString();
  return { [name]: onEdge ? text.slice(0, 10) : text };
}
