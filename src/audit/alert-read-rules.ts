/** Reads policies/alerts.yaml. A kind, a field, a role or a time zone that does not exist is an error: a rule must not watch nothing. */
import { z } from 'zod';
import type { PolicyFile, PolicyProblem } from '../policy/policy-set.ts';
import { readYaml } from '../policy/read-yaml.ts';
import { ROLES } from '../requester/requester.ts';
import { type AlertRule, RELATIONS } from './alert-rule.ts';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time: 07:00');
const shift = z
  .strictObject({
    timezone: z.string().refine(isTimezone, 'no time zone: America/New_York'),
    weekdays: z.array(z.int().min(1).max(7)).min(1),
    from: time,
    until: time,
  })
  .refine(({ from, until }) => from !== until, 'begins when it ends');
const common = {
  id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'small letters, digits, hyphens'),
  severity: z.enum(['low', 'medium', 'high']),
  citation: z.string().min(1),
  text: z.string().min(1).max(500),
  windowHours: z.number().min(0.25).max(168),
  threshold: z.int().min(1).max(10_000),
  usual: z.strictObject({ times: z.number().gt(1), atLeast: z.int().min(1), days: z.int().min(7).max(90) }).optional(),
  outside: shift.optional(),
  who: z.strictObject({ roles: z.array(z.enum(ROLES)).min(1).optional(), except: z.array(z.enum(ROLES)).default([]) }).prefault({}),
};
const plain = <Kind extends string>(kind: Kind) => z.strictObject({ kind: z.literal(kind), ...common });
const rule = z.discriminatedUnion('kind', [
  plain('psychotherapy-notes'),
  plain('patients'),
  plain('denials'),
  plain('break-glass'),
  z.strictObject({ kind: z.literal('family'), relations: z.array(z.enum(RELATIONS)).min(1), ...common }),
  z.strictObject({ kind: z.literal('labels'), labels: z.array(z.string().min(1)).min(1), ...common }),
]);
const RulesFile = z.strictObject({
  alerts: z.array(rule).refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'two rules have the same id'),
});

export interface ReadAlertRules {
  /** Absent where there are problems. */
  readonly rules?: readonly AlertRule[];
  readonly problems: readonly PolicyProblem[];
}

export function readAlertRules(file: PolicyFile): ReadAlertRules {
  const { value, problems } = readYaml(file, RulesFile);
  return value === undefined ? { problems } : { rules: value.alerts as readonly AlertRule[], problems };
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
