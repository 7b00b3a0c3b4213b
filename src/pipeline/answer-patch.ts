/**
 * patch (FHIR R4 section 3.1.0.6): JSON Patch or FHIRPath Patch on the version that the caller sees whole, in the gateway; then it
 * is an update of that version (threats.md 27, 28).
 */
import { PrivityError } from '../errors.ts';
import { applyFhirPathPatch } from '../fhir/apply-fhirpath-patch.ts';
import { applyJsonPatch } from '../fhir/apply-json-patch.ts';
import type { Patch } from '../fhir/interaction.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import type { Json, Resource } from '../fhir/resource.ts';
import { isObject } from '../fhir/walk-elements.ts';
import { rewriteStrings } from '../redact/rewrite-strings.ts';
import { rewriteUrls } from '../redact/rewrite-urls.ts';
import { idOf } from './answer-create.ts';
import { replace } from './answer-update.ts';
import type { Planned } from './planned-write.ts';
import { requireScope } from './scope-gate.ts';
import type { Session } from './session.ts';
import { acceptBody, refusePartialCopy } from './write-body.ts';
import { requireTypeRight } from './write-check.ts';
import { findOne } from './write-condition.ts';
import { readCurrent } from './write-current.ts';
import { requireVisibleReferences } from './write-references.ts';

export interface PatchTarget {
  readonly type: string;
  readonly id: string;
  readonly patch: Patch;
  readonly ifMatch?: string;
}

export async function planPatch(session: Session, target: PatchTarget, within: ReadonlySet<string> = new Set()): Promise<Planned> {
  const scopes = requireScope(session.requester, 'update', target.type);
  requireTypeRight(session, target.type, []);
  const current = await readCurrent(session, scopes, target);
  const patched = applyPatch(session, current.resource, target.patch);
  refusePartialCopy(patched);
  const body = acceptBody(session, patched);
  await requireVisibleReferences(session, body, within);
  return { kind: 'write', write: await replace(session, current, body) };
}

/** With the gateway's URLs, as the caller knows the resource. */
function applyPatch({ deps }: Session, resource: Resource, patch: Patch): Resource {
  const own = rewriteStrings(resource, rewriteUrls({ upstream: deps.upstream.base, publicBase: deps.publicBase }));
  if (own === undefined) throw new PrivityError('too-large', 'nesting');
  const patched =
    patch.format === 'json' ? applyJsonPatch(own as Json, patch.operations) : (applyFhirPathPatch(own, patch.parameters) as Json);
  if (!isObject(patched) || patched.resourceType !== resource.resourceType || patched.id !== resource.id)
    throw new PrivityError('patch-failed', 'resource type and id stay as they are');
  return patched as unknown as Resource;
}

export interface ConditionalPatch {
  readonly type: string;
  readonly condition: Pairs;
  readonly patch: Patch;
  readonly ifMatch?: string;
}

/** @throws PrivityError `not-found`, `multiple-matches` */
export async function planConditionalPatch(
  session: Session,
  target: ConditionalPatch,
  within: ReadonlySet<string> = new Set(),
): Promise<Planned> {
  const { condition, ...rest } = target;
  requireScope(session.requester, 'update', target.type);
  requireTypeRight(session, target.type, []);
  const found = await findOne(session, target.type, condition);
  if (found === undefined) throw new PrivityError('not-found');
  return planPatch(session, { ...rest, id: idOf(found.resource) }, within);
}
