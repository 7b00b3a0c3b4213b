/**
 * Whether a resource names a Binary, however it writes it (threats.md 22): relative or with any base, with a version, query or
 * fragment behind it, with escapes. FHIR does not say that an Attachment.url is written in one way only (R4 section 2.24.0.1).
 */
import type { Resource } from '../fhir/resource.ts';

/** `<`: a narrative names nothing that it is a label of. */
const MARKUP = 60;

export type NamesBinary = (text: string) => boolean;

/** @param id of the Binary; the base is not looked at: the same server may have several */
export function namesBinary(id: string): NamesBinary {
  const name = new RegExp(`^(?:\\S*/)?Binary/+${id.replaceAll('.', '\\.')}(?:[/?#|]\\S*)?$`);
  return (text) => {
    if (text.charCodeAt(0) === MARKUP) return false;
    const plain = text.includes('%') ? unescaped(text) : text;
    return plain.includes('Binary') && name.test(plain.trim());
  };
}

/** How often a resource, or what is in it, names the Binary. */
export function countNames(resource: Resource, names: NamesBinary): number {
  let count = 0;
  const into = (value: unknown) => {
    if (typeof value === 'string') count += names(value) ? 1 : 0;
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) into(inner);
  };
  into(resource);
  return count;
}

/** What is malformed stays as it is. */
function unescaped(text: string): string {
  return text.replaceAll(/%([0-7][0-9A-Fa-f])/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
