/** Reads policies/write-rights.yaml. A type or role that does not exist is an error: a right must not miss what it guards. */
import { z } from 'zod';
import { RESOURCE_TYPES } from '../fhir/definitions.ts';
import { purposeAncestors } from '../fhir/label-hierarchy.ts';
import { ROLES } from '../requester/requester.ts';
import type { PolicyFile, PolicyProblem } from './policy-set.ts';
import { readYaml } from './read-yaml.ts';
import type { WriteRights } from './write-rights.ts';

const Type = z.string().refine((type) => RESOURCE_TYPES.has(type), 'no FHIR R4 resource type');
const right = { roles: z.array(z.enum(ROLES)).default([]), clients: z.array(z.string().min(1)).default([]) };
const Right = z.strictObject(right);
const RightsFile = z.strictObject({
  types: z.record(Type, z.strictObject({ ...right, why: z.string().min(1) })),
  purposes: z.record(
    z.string().refine((code) => purposeAncestors(code).length > 0, 'no purpose of use'),
    z.array(Type),
  ),
  administrative: Right,
  authorship: z.strictObject({ create: Right, change: Right }),
  labels: z.strictObject({ lower: Right, psychotherapyNotes: Right }),
  kept: z.array(Type),
  refused: z.array(Type),
});

export interface ReadWriteRights {
  /** Absent where there are problems. */
  readonly rights?: WriteRights;
  readonly problems: readonly PolicyProblem[];
}

export function readWriteRights(file: PolicyFile): ReadWriteRights {
  const { value, problems } = readYaml(file, RightsFile);
  if (value === undefined) return { problems };
  const { types, purposes, refused, kept, ...rest } = value;
  const rights: WriteRights = {
    ...rest,
    types: new Map(Object.entries(types)),
    purposes: new Map(Object.entries(purposes).map(([purpose, reached]) => [purpose, new Set(reached)])),
    refused: new Set(refused),
    kept: new Set(kept),
  };
  return { rights, problems };
}
