/**
 * Evaluates one search parameter on one resource by R4's rules and HL7's own expressions (FHIR R4 section 3.1.1.4; design.md 4.5).
 * Chains and `_has` are answered only where the context can reach other resources: what the context gives is what the
 * search sees.
 */
import type { Resource } from '../resource.ts';
import { compileExpression, type TypedValue } from './compile-expression.ts';
import { matchDate } from './match-date.ts';
import { matchNumber, matchQuantity } from './match-quantity.ts';
import { localTarget, matchReference, matchUri } from './match-reference.ts';
import { matchString } from './match-string.ts';
import { matchToken } from './match-token.ts';
import { searchDefinition } from './search-definition.ts';
import type { Chain, CompositeValue, Has, Modifier, SearchKind, SearchParameter, SearchValue } from './search-query.ts';
import { searchValues } from './search-values.ts';

export interface MatchContext {
  /** Base URL of the server that the resource came from. */
  readonly base?: string;
  /** Milliseconds since 1970, for the prefix `ap`. */
  readonly now?: number;
  /** The resource that a local reference names, for chains. */
  readonly resolve?: (type: string, id: string) => Resource | undefined;
  /** The resources of `type` whose `parameter` refers to `target`, for `_has`. */
  readonly referrers?: (type: string, parameter: string, target: Resource) => Iterable<Resource>;
  /** Parameters that no expression decides: `_list`, `_text`, `_content`, `_filter`, `near`. */
  readonly special?: (resource: Resource, parameter: SearchParameter) => boolean | undefined;
}

/** True if any is; else undefined if any can't be told. */
function any<T>(items: Iterable<T>, test: (item: T) => boolean | undefined): boolean | undefined {
  let result: boolean | undefined = false;
  for (const item of items) {
    const answer = test(item);
    if (answer === true) return true;
    if (answer === undefined) result = undefined;
  }
  return result;
}

/** `:in` and subsumption need a terminology service; nothing is guessed. */
const NEEDS_TERMINOLOGY: ReadonlySet<Modifier | undefined> = new Set(['in', 'not-in']);

function matchValue(
  kind: SearchKind,
  asked: SearchValue,
  modifier: Modifier | undefined,
  value: TypedValue,
  context: MatchContext,
): boolean | undefined {
  if (kind === 'token') return matchToken(asked, value);
  if (kind === 'reference') return matchReference(asked, value, context.base);
  if (kind === 'string') return asked.kind === 'text' && matchString(asked.text, modifier, value);
  if (kind === 'uri') return asked.kind === 'uri' && matchUri(asked.uri, modifier, value);
  if (asked.kind === 'date') return matchDate(asked, value, context.now);
  if (asked.kind === 'number') return matchNumber(asked, value);
  if (asked.kind === 'quantity') return matchQuantity(asked, value);
  return undefined;
}

/** All parts must hold within one and the same element: the composite's base. */
function matchComposite(resource: Resource, parameter: SearchParameter, context: MatchContext): boolean | undefined {
  const { resourceType, name } = parameter;
  const { components = [] } = searchDefinition(resourceType, name) ?? {};
  const bases = searchValues(resource, resourceType, name);
  if (bases === undefined) return undefined;
  const matchPart = (base: TypedValue, part: SearchValue, index: number) => {
    const { code = '', expression = '' } = components[index] ?? {};
    const kind = searchDefinition(resourceType, code)?.type;
    const values = compileExpression(base.type, expression, resourceType)?.evaluate(base.value, resource);
    return kind && values && any(values, (value) => matchValue(kind, part, undefined, value, context));
  };
  const matchBase = (base: TypedValue, { parts }: CompositeValue) => {
    const missed = any(parts.entries(), ([index, part]) => {
      const answer = matchPart(base, part, index);
      return answer === undefined ? undefined : !answer;
    });
    return missed === undefined ? undefined : !missed;
  };
  return any(parameter.values, (asked) => asked.kind === 'composite' && any(bases, (base) => matchBase(base, asked)));
}

function matchChain(values: readonly TypedValue[], chain: Chain, context: MatchContext): boolean | undefined {
  const { resolve } = context;
  if (resolve === undefined) return values.length === 0 ? false : undefined;
  return any(values, (value) => {
    const target = localTarget(value, context.base);
    const resource = value.type === 'Resource' ? (value.value as Resource) : target && resolve(target.type, target.id);
    if (resource === undefined) return false;
    const links = chain.next.filter((next) => next.resourceType === resource.resourceType);
    return any(links, (next) => matchParameter(resource, next, context));
  });
}

function matchHas(resource: Resource, has: Has, context: MatchContext): boolean | undefined {
  if (context.referrers === undefined) return undefined;
  return any(context.referrers(has.type, has.reference, resource), (referrer) => matchParameter(referrer, has.next, context));
}

/**
 * @returns whether the resource satisfies the parameter; `undefined` where that can't be evaluated here (terminology, full text, a
 *   chain without access to other resources)
 */
export function matchParameter(resource: Resource, parameter: SearchParameter, context: MatchContext = {}): boolean | undefined {
  const { resourceType, name, kind, modifier, values: asked, chain, has } = parameter;
  if (has !== undefined) return matchHas(resource, has, context);
  if (name === '_type') return asked.some((value) => value.kind === 'text' && value.text === resource.resourceType);
  if (kind === 'special') return context.special?.(resource, parameter);
  if (kind === 'composite') return matchComposite(resource, parameter, context);
  const values = searchValues(resource, resourceType, name);
  if (values === undefined || NEEDS_TERMINOLOGY.has(modifier)) return undefined;
  if (chain !== undefined) return matchChain(values, chain, context);
  if (modifier === 'missing') return asked.some((value) => value.kind === 'missing' && value.missing === (values.length === 0));
  if (kind !== 'uri' && (modifier === 'below' || modifier === 'above')) return undefined;
  const matched = any(asked, (one) => any(values, (value) => matchValue(kind, one, modifier, value, context)));
  return modifier === 'not' && matched !== undefined ? !matched : matched;
}
