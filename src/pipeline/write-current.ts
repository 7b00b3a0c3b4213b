/**
 * The version that a write would replace, as the caller reads it (design.md 4.6; threats.md 34, 58): what is absent or withheld is
 * the same 404; over what the caller sees in part nothing is written.
 */
import type { DecidedResource } from '../decide/decision.ts';
import { PrivityError } from '../errors.ts';
import { ACT_CODE } from '../fhir/codes.ts';
import type { Coding, Json, Resource } from '../fhir/resource.ts';
import { sameJson } from '../fhir/same-json.ts';
import { rewriteStrings } from '../redact/rewrite-strings.ts';
import { rewriteUrls } from '../redact/rewrite-urls.ts';
import type { Scope } from '../requester/requester.ts';
import { decideResources } from './decide-resources.ts';
import { fetchResources } from './fetch-resources.ts';
import { releaseResources } from './release-resources.ts';
import { inScope } from './scope-gate.ts';
import type { Session } from './session.ts';

export interface CurrentVersion {
  /** With the upstream's own URLs. */
  readonly resource: Resource;
  readonly decided: DecidedResource;
  readonly version: string;
  /** As the caller reads it. */
  readonly seen: Resource;
}

/** @throws PrivityError `not-found`; `partial-copy`; `version-mismatch`; `upstream-invalid` where the upstream keeps no versions */
export async function readCurrent(
  session: Session,
  scopes: readonly Scope[],
  target: { readonly type: string; readonly id: string; readonly ifMatch?: string },
): Promise<CurrentVersion> {
  const reference = `${target.type}/${target.id}`;
  const resource = (await fetchResources(session, [reference])).get(reference);
  if (resource === undefined) throw new PrivityError('not-found');
  const [decided] = await decideResources(session, [resource]);
  if (decided === undefined) throw new PrivityError('internal');
  const [seen] = await releaseResources(session, [decided]);
  if (seen === undefined || !inScope(session.requester, scopes, seen, decided.subjects)) {
    session.recorded.push(decided);
    throw new PrivityError('not-found');
  }
  if (!isSeenWhole(session, resource, seen)) throw new PrivityError('partial-copy');
  const version = resource.meta?.versionId;
  if (version === undefined) throw new PrivityError('upstream-invalid', 'no version');
  if (target.ifMatch !== undefined && target.ifMatch !== version) throw new PrivityError('version-mismatch');
  return { resource, decided, version, seen };
}

/** The released copy says all that the resource says; the notice of 42 CFR 2.32 that goes with it takes nothing away. */
export function isSeenWhole({ deps }: Session, resource: Resource, seen: Resource): boolean {
  const rewritten = rewriteStrings(resource, rewriteUrls({ upstream: deps.upstream.base, publicBase: deps.publicBase }));
  return rewritten !== undefined && sameJson(withoutNotice(rewritten) as Json, withoutNotice(seen) as Json);
}

function withoutNotice({ meta, ...rest }: Resource): object {
  if (meta === undefined) return rest;
  const { security, ...others } = meta;
  const left = (security ?? []).filter(({ system, code }: Coding) => system !== ACT_CODE || code !== 'NORDSCLCD');
  const settled = left.length === 0 ? others : { ...others, security: left };
  return Object.keys(settled).length === 0 ? rest : { ...rest, meta: settled };
}
