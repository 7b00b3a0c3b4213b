/** What a searchset and a history share: links, addresses, and the confidentiality of the whole. */
import { declaredLabel } from '../classify/declared-label.ts';
import { CONFIDENTIALITY, CONFIDENTIALITY_ORDER, type Confidentiality } from '../fhir/codes.ts';
import type { Meta, Resource } from '../fhir/resource.ts';

const DISPLAYS: Readonly<Record<Confidentiality, string>> = {
  U: 'unrestricted',
  L: 'low',
  M: 'moderate',
  N: 'normal',
  R: 'restricted',
  V: 'very restricted',
};

export function links(self: string, next: string | undefined): readonly { readonly relation: string; readonly url: string }[] {
  return [{ relation: 'self', url: self }, ...(next === undefined ? [] : [{ relation: 'next', url: next }])];
}

export function entryUrl(resource: Resource, publicBase: string): { readonly fullUrl?: string } {
  return resource.id === undefined ? {} : { fullUrl: `${publicBase}/${resource.resourceType}/${resource.id}` };
}

/**
 * The high-water mark: the highest confidentiality declared on what the Bundle gives (HL7 HCS); none where none is.
 */
export function bundleMeta(resources: readonly Resource[]): { readonly meta?: Meta } {
  let highest = -1;
  for (const resource of resources) {
    for (const coding of resource.meta?.security ?? []) {
      const { system, code } = declaredLabel(coding) ?? {};
      if (system === CONFIDENTIALITY) highest = Math.max(highest, CONFIDENTIALITY_ORDER.indexOf(code as Confidentiality));
    }
  }
  const code = CONFIDENTIALITY_ORDER[highest];
  return code === undefined ? {} : { meta: { security: [{ system: CONFIDENTIALITY, code, display: DISPLAYS[code] }] } };
}
