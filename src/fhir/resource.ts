/**
 * The shape of FHIR data inside the gateway. `@types/fhir` types one resource at a time; the gateway walks all of
 * them alike, so a resource here is JSON with a `resourceType`. Nothing ever changes a Resource in place.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

export interface Coding {
  readonly system?: string;
  readonly version?: string;
  readonly code?: string;
  readonly display?: string;
}

export interface Identifier {
  readonly system?: string;
  readonly value?: string;
}

export interface Reference {
  readonly reference?: string;
  readonly type?: string;
  readonly identifier?: Identifier;
  readonly display?: string;
}

export interface Meta {
  readonly versionId?: string;
  readonly lastUpdated?: string;
  readonly source?: string;
  readonly profile?: readonly string[];
  readonly security?: readonly Coding[];
  readonly tag?: readonly Coding[];
}

export interface Resource {
  readonly resourceType: string;
  readonly id?: string;
  readonly meta?: Meta;
  // biome-ignore lint/suspicious/noExplicitAny: FHIR JSON is open; readers narrow what they read
  readonly [element: string]: any;
}

export interface BundleEntry {
  readonly fullUrl?: string;
  readonly resource?: Resource;
  readonly search?: { readonly mode?: 'match' | 'include' | 'outcome'; readonly score?: number };
  readonly request?: { readonly method: string; readonly url: string };
  readonly response?: { readonly status: string; readonly etag?: string; readonly lastModified?: string; readonly location?: string };
}

export interface Bundle extends Resource {
  readonly resourceType: 'Bundle';
  readonly type: string;
  readonly total?: number;
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly BundleEntry[];
}

/** Where something sits in a resource: `['component', 2, 'code']`. */
export type Path = readonly (string | number)[];

/** A path as FHIRPath writes it: `Observation.component[2].code`. */
export function pathText(resourceType: string, path: Path): string {
  return path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}.${step}`), resourceType);
}
