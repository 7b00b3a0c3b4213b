/**
 * Which codes a ValueSet means, by the terminology server of the configuration (FHIR R4 section 4.9.18.1, `ValueSet/$expand`). It is
 * told the ValueSet and nothing else; what it answers is read as strictly as what an administrator sends.
 */
import { PrivityError } from '../errors.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Upstream } from '../ports.ts';

export interface Expanded {
  /** Base URL of the server. */
  readonly by: string;
  /** Absent where the server has no answer: it does not know a code system, or it would be too much. */
  readonly valueSet?: Resource;
}

/** One more than is ever kept: where there are more, the server says so, or gives too many. */
const COUNT = 50_001;

/** @throws PrivityError `terminology-unavailable` */
export async function expandValueSet(server: Pick<Upstream, 'base' | 'write'>, valueSet: Resource): Promise<Expanded> {
  const parameter = [
    { name: 'valueSet', resource: valueSet },
    // Older records hold what is no longer active.
    { name: 'activeOnly', valueBoolean: false },
    { name: 'count', valueInteger: COUNT },
  ];
  const path = 'ValueSet/$expand';
  const { status, resource } = await server
    .write({ method: 'POST', path, resource: { resourceType: 'Parameters', parameter } })
    .catch((cause: unknown) => {
      throw new PrivityError('terminology-unavailable', undefined, { cause });
    });
  if (status !== 200 || resource?.resourceType !== 'ValueSet' || resource.expansion === undefined) return { by: server.base };
  return { by: server.base, valueSet: { resourceType: 'ValueSet', status: 'active', expansion: resource.expansion } };
}
