/**
 * A resource that a caller sends, before anything is read: whole, valid, and with the upstream's own URLs (design.md 4.6;
 * threats.md 34, 57).
 */
import { PrivityError } from '../errors.ts';
import { OBSERVATION_VALUE } from '../fhir/codes.ts';
import { pathText, type Resource } from '../fhir/resource.ts';
import { validateResource } from '../fhir/validate-resource.ts';
import { rewriteStrings } from '../redact/rewrite-strings.ts';
import { toUpstream } from '../redact/rewrite-urls.ts';
import type { Session } from './session.ts';

const PARTIAL: ReadonlySet<unknown> = new Set(['REDACTED', 'SUBSETTED']);
const ISSUES_TOLD = 10;

/** @throws PrivityError `partial-copy` for what says of itself that parts are missing */
export function refusePartialCopy({ meta }: Resource): void {
  const marks = [...listOf(meta?.security), ...listOf(meta?.tag)];
  if (marks.some(({ system, code }) => (system === undefined || system === OBSERVATION_VALUE) && PARTIAL.has(code)))
    throw new PrivityError('partial-copy');
}

function listOf(codings: unknown): readonly { readonly system?: unknown; readonly code?: unknown }[] {
  return Array.isArray(codings) ? codings.filter((coding) => typeof coding === 'object' && coding !== null) : [];
}

/**
 * @returns the resource as the upstream is to keep it
 * @throws PrivityError `invalid-resource`, naming elements and invariants, never a value
 */
export function acceptBody({ deps }: Session, resource: Resource): Resource {
  const issues = validateResource(resource);
  if (issues.length > 0) {
    const told = issues
      .slice(0, ISSUES_TOLD)
      .map(({ kind, path, what }) => `${pathText(resource.resourceType, known(path))}: ${kind} (${what})`);
    throw new PrivityError('invalid-resource', [...new Set(told)].join('; '));
  }
  const rewritten = rewriteStrings(resource, toUpstream({ upstream: deps.upstream.base, publicBase: deps.publicBase }));
  if (rewritten === undefined) throw new PrivityError('invalid-resource', 'nested too deeply');
  return rewritten;
}

/** A name that FHIR does not define could be anything: the path ends before it. */
function known(path: readonly (string | number)[]): readonly (string | number)[] {
  const strange = path.findIndex((step) => typeof step === 'string' && !/^_?[A-Za-z]{1,40}$/.test(step));
  return strange < 0 ? path : path.slice(0, strange);
}
