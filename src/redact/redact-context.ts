/** What redaction needs to know beyond the decision; the pipeline looks it up, nothing here does I/O. */
import type { Resource } from '../fhir/resource.ts';

export interface RedactContext {
  /**
   * @param reference as it stands in the resource, without fragment: `Encounter/e1`, an absolute URL, `urn:uuid:…`
   * @returns `true`: the requester may see it; `false`: withheld or absent, which are treated alike; `undefined`: not
   * known, or of a kind that is not gated (Practitioner, ValueSet)
   */
  readonly canSee: (reference: string) => boolean | undefined;
  /** Whether a resource that may be seen is given without some of its parts: then a report must not tell them. */
  readonly isRedacted?: (reference: string) => boolean;
  /** The only texts in a resource, as it came, of which `canSee` may say `false` or `isRedacted` `true`; absent: not known. */
  readonly pointers?: (resource: Resource) => readonly string[] | undefined;
  /** From a string as the upstream wrote it to the string that leaves (`rewriteUrls`). */
  readonly rewrite: (text: string) => string;
}
