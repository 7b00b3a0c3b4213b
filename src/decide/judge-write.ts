/**
 * Whether a write that scope and law permit would change what other decisions rest on, and the caller has no right to
 * (design.md 4.6; threats.md 32, 33, 56, 59): type, subject, author, organization, encounter, labels.
 */
import type { ErrorCode } from '../errors.ts';
import type { Resource } from '../fhir/resource.ts';
import type { WriteRight, WriteRights } from '../policy/write-rights.ts';
import type { Requester } from '../requester/requester.ts';
import type { DecidedResource } from './decision.ts';
import { authorsOf, encountersOf, organizationsOf } from './resource-parties.ts';
import { addsNoteLabel, lowersLabels } from './write-labels.ts';

export interface WriteRefusal {
  readonly code: ErrorCode;
  /** Names of elements or types, no values. */
  readonly detail?: string;
}

export interface WriteJudgement {
  readonly rights: WriteRights;
  readonly requester: Requester;
  /** Base URL of the upstream, for references. */
  readonly base: string;
  /** Absent on create. */
  readonly current?: DecidedResource;
  readonly next: DecidedResource;
  /** Authors of the new version, with the practitioner behind each PractitionerRole. */
  readonly authors: readonly string[];
}

export function hasRight(right: WriteRight, { roles, clientId }: Requester): boolean {
  return right.roles.some((role) => roles.includes(role)) || (clientId !== undefined && right.clients.includes(clientId));
}

/**
 * By type alone, before anything is read: absent and withheld can't differ.
 * @param types type of the resource, and of what a Provenance is about
 */
export function judgeWriteType(rights: WriteRights, requester: Requester, types: readonly string[]): WriteRefusal | undefined {
  if (types.some((type) => rights.refused.has(type))) return { code: 'not-supported', detail: 'writing this resource type' };
  const reached = rights.purposes.get(requester.purpose);
  const lacking = types.find((type) => {
    if (reached !== undefined && !reached.has(type)) return true;
    const right = rights.types.get(type);
    return right !== undefined && !hasRight(right, requester);
  });
  return lacking === undefined ? undefined : { code: 'right-needed', detail: lacking };
}

/** @returns the first reason against it */
export function judgeWrite(judgement: WriteJudgement): WriteRefusal | undefined {
  const { rights, requester, current, next, authors } = judgement;
  const type = next.labeled.resource.resourceType;
  const isMine = requester.references.some((reference) => authors.includes(reference));
  if (next.decision.asked.length === 0 && !rights.types.has(type) && !hasRight(rights.administrative, requester))
    return { code: 'right-needed', detail: type };
  if (current !== undefined && type !== 'Group' && !sameSet(current.subjects, next.subjects)) return { code: 'subject-changed' };
  const parties = rights.types.has(type) ? undefined : judgeParties(judgement, isMine);
  if (parties !== undefined) return parties;
  if (current !== undefined && lowersLabels(current.labeled, next.labeled) && !hasRight(rights.labels.lower, requester))
    return { code: 'label-lowered' };
  const mayLabel = isMine && hasRight(rights.labels.psychotherapyNotes, requester);
  return addsNoteLabel(current?.labeled, next.labeled) && !mayLabel ? { code: 'note-label-not-entitled' } : undefined;
}

const PARTIES = [
  ['author', authorsOf],
  ['organization', organizationsOf],
  ['encounter', encountersOf],
] as const;

function judgeParties({ rights, requester, base, current, next, authors }: WriteJudgement, isMine: boolean): WriteRefusal | undefined {
  if (current === undefined) {
    const foreign = authors.length > 0 && !isMine && !hasRight(rights.authorship.create, requester);
    return foreign ? { code: 'right-needed', detail: 'author' } : undefined;
  }
  if (hasRight(rights.authorship.change, requester)) return undefined;
  const resources: readonly [Resource, Resource] = [current.labeled.resource, next.labeled.resource];
  const changed = PARTIES.filter(([, of]) => !sameSet(of(resources[0], base), of(resources[1], base))).map(([name]) => name);
  return changed.length === 0 ? undefined : { code: 'right-needed', detail: changed.join(', ') };
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  const names = new Set(one);
  return names.size === new Set(other).size && other.every((name) => names.has(name));
}
