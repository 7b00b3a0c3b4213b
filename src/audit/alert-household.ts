/**
 * Whether a practitioner and a patient seem to live together: the same family name and the same home, street and postal code. Many
 * families differ in one of them, and neighbours can share both: it is a reason to look, nothing more. Only the answer leaves.
 */
import type { Resource } from '../fhir/resource.ts';

interface Named {
  readonly name?: readonly { readonly family?: string }[];
  readonly address?: readonly { readonly use?: string; readonly line?: readonly string[]; readonly postalCode?: string }[];
}

export function sameHousehold(practitioner: Resource, patient: Resource): boolean {
  return (
    meets(familyNames(practitioner), familyNames(patient)) && meets(homes(practitioner, ['home']), homes(patient, ['home', undefined]))
  );
}

function meets(these: ReadonlySet<string>, those: ReadonlySet<string>): boolean {
  return [...these].some((text) => those.has(text));
}

function familyNames(resource: Resource): ReadonlySet<string> {
  return new Set((resource as Named).name?.flatMap(({ family = '' }) => plain(family) || []));
}

/** @param uses `undefined`: an address that does not say what it is for. A practitioner's may be the clinic's. */
function homes(resource: Resource, uses: readonly (string | undefined)[]): ReadonlySet<string> {
  const addresses = (resource as Named).address?.filter(({ use }) => uses.includes(use)) ?? [];
  return new Set(
    addresses.flatMap(({ line = [], postalCode = '' }) => {
      const street = plain(line.join(' '));
      return street === '' || postalCode === '' ? [] : `${street}|${plain(postalCode)}`;
    }),
  );
}

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
