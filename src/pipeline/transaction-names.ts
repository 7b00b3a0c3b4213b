/**
 * Names that hold within a transaction (FHIR R4 section 3.1.0.11.2, `urn:uuid:…`). While it is decided, what is to be created has
 * a reference that nobody else's resource can have; what is sent upstream carries the names that the caller gave.
 */
import { PrivityError } from '../errors.ts';
import type { Resource } from '../fhir/resource.ts';
import { rewriteStrings } from '../redact/rewrite-strings.ts';

export interface TransactionNames {
  /** `urn:uuid:…` → `Patient/…`: where it is, or what stands for it. */
  readonly places: ReadonlyMap<string, string>;
  /** References that stand for what is to be created. */
  readonly standIns: ReadonlySet<string>;
}

/** The body with references to resources, for deciding. */
export function withPlaces(resource: Resource, { places }: TransactionNames): Resource {
  return rewritten(resource, (text) => (text.startsWith('urn:') ? (places.get(text) ?? text) : text));
}

/** The body with the caller's names for what has no id yet, for sending. */
export function withNames(resource: Resource, { places, standIns }: TransactionNames): Resource {
  const names = new Map([...places].filter(([, place]) => standIns.has(place)).map(([name, place]) => [place, name]));
  return rewritten(resource, (text) => names.get(text) ?? text);
}

function rewritten(resource: Resource, rewrite: (text: string) => string): Resource {
  const done = rewriteStrings(resource, rewrite);
  if (done === undefined) throw new PrivityError('invalid-resource', 'nested too deeply');
  return done;
}
