/**
 * Looks a claim up by a configured path. Only own properties count: a claim set is foreign JSON, and a path such as
 * `constructor.name` must find nothing (threats.md 13).
 */
import type { Claims } from '../ports.ts';

function own(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

/**
 * @param path the whole name of a top-level claim (`https://idp.example/roles`), else a dotted path (`realm_access.roles`)
 * @returns `undefined` where there is no such claim, or it is null
 */
export function claimAt(claims: Claims, path: string): unknown {
  const whole = own(claims, path);
  const found = whole === undefined ? path.split('.').reduce<unknown>(own, claims) : whole;
  return found ?? undefined;
}
