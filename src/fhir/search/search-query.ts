/**
 * A FHIR search as data (FHIR R4 section 3.1.1): what was asked, of which type, with which modifier, through which other
 * resources. It describes; what is safe to evaluate or to forward is judged by the gateway's gate, which can walk
 * `chain` and `has` to every type that the search touches.
 */
export type SearchKind = 'token' | 'string' | 'reference' | 'date' | 'number' | 'quantity' | 'uri' | 'composite' | 'special';

export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

/** `type` stands for a resource type as modifier (`subject:Patient`); the type itself is in each reference value. */
export type Modifier =
  | 'missing'
  | 'exact'
  | 'contains'
  | 'text'
  | 'not'
  | 'in'
  | 'not-in'
  | 'below'
  | 'above'
  | 'of-type'
  | 'identifier'
  | 'type';

export type SearchValue =
  | TokenValue
  | OfTypeValue
  | TextValue
  | DateValue
  | NumberValue
  | QuantityValue
  | UriValue
  | ReferenceValue
  | CompositeValue
  | MissingValue;

/** `system` absent = any system, empty = no system (`|code`). `code` absent = any code of the system (`system|`). */
export interface TokenValue {
  readonly kind: 'token';
  readonly system?: string;
  readonly code?: string;
}
/** `identifier:of-type=system|code|value`. */
export interface OfTypeValue {
  readonly kind: 'of-type';
  readonly system: string;
  readonly code: string;
  readonly value: string;
}
/** A string, the text of `:text`, the URL of `:in`, or a special parameter's own syntax. */
export interface TextValue {
  readonly kind: 'text';
  readonly text: string;
}
/** From `low` up to but without `high`, milliseconds since 1970: `2013-01` is the whole of January, UTC where no zone is given. */
export interface DateValue {
  readonly kind: 'date';
  readonly prefix: Prefix;
  readonly low: number;
  readonly high: number;
}
/** `low` to `high` is the range that the written precision implies: `100` is 99.5 up to 100.5. */
export interface NumberValue {
  readonly kind: 'number';
  readonly prefix: Prefix;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
export interface QuantityValue extends Omit<NumberValue, 'kind'> {
  readonly kind: 'quantity';
  readonly system?: string;
  /** Compared with `Quantity.code`, and with `Quantity.unit` where no system is given. */
  readonly code?: string;
}
export interface UriValue {
  readonly kind: 'uri';
  readonly uri: string;
}
/** A literal reference (`type`, `id`, and `base` where it was absolute), a bare `id`, or any other `url` (canonical, urn). */
export interface ReferenceValue {
  readonly kind: 'reference';
  readonly type?: string;
  readonly id?: string;
  readonly base?: string;
  readonly url?: string;
}
export interface CompositeValue {
  readonly kind: 'composite';
  /** One for each component of the definition, in its order. */
  readonly parts: readonly SearchValue[];
}
export interface MissingValue {
  readonly kind: 'missing';
  readonly missing: boolean;
}

export interface SearchParameter {
  /** The type of the resources that this parameter is evaluated on. */
  readonly resourceType: string;
  readonly name: string;
  readonly kind: SearchKind;
  readonly modifier?: Modifier;
  /** Any one suffices. Empty for a chain and for `_has`: there the last link has the values. */
  readonly values: readonly SearchValue[];
  readonly chain?: Chain;
  readonly has?: Has;
  /** The name and value as they came. */
  readonly pair: readonly [string, string];
}

/** `subject:Patient.name=…`: the resource that `name` refers to must satisfy `next`. */
export interface Chain {
  /** The type as written. */
  readonly type?: string;
  /** One for each type that the reference may point at and that knows the parameter; any one suffices. */
  readonly next: readonly SearchParameter[];
}

/** `_has:Observation:patient:code=…`: some resource of `type` refers to this one through `reference` and satisfies `next`. */
export interface Has {
  readonly type: string;
  readonly reference: string;
  readonly next: SearchParameter;
}

/** `_include=MedicationRequest:patient:Patient`; `*` stands for every type or every reference parameter. */
export interface Include {
  readonly source: string;
  readonly parameter: string;
  readonly target?: string;
  readonly iterate: boolean;
}

export interface SortKey {
  readonly parameter: string;
  readonly descending: boolean;
}

/** Parameters that shape the answer rather than choose the matches (FHIR R4 section 3.1.1.5). */
export interface ResultParameters {
  readonly count?: number;
  readonly sort: readonly SortKey[];
  readonly include: readonly Include[];
  readonly revinclude: readonly Include[];
  readonly summary?: 'true' | 'text' | 'data' | 'count' | 'false';
  readonly elements?: readonly string[];
  readonly total?: 'none' | 'estimate' | 'accurate';
  readonly contained?: 'true' | 'false' | 'both';
  readonly containedType?: 'container' | 'contained';
  readonly format?: string;
  readonly pretty?: boolean;
}

export interface SearchQuery {
  /** `Resource` for a search over all types. */
  readonly resourceType: string;
  /** All must match. */
  readonly parameters: readonly SearchParameter[];
  readonly result: ResultParameters;
}
