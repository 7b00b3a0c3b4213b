/**
 * URLs of the upstream leave as URLs of the gateway and come back the other way, so that no link leads around it
 * (design.md 4.4, threats.md 57).
 */
export interface UrlBases {
  /** Base URL of the upstream, no trailing slash: `http://10.0.0.5:8080/fhir`. */
  readonly upstream: string;
  /** FHIR base URL of the gateway, no trailing slash: `https://records.example/fhir`. */
  readonly publicBase: string;
}

/** What can't continue a base URL into another one: `/fhir` is neither `/fhir2` nor `/fhir-test`. */
const ENDS = '(?![\\w~%@-]|[.:]\\w)';

function replacer(from: string, to: string): (text: string) => string {
  if (from === to || from === '') return (text) => text;
  const pattern = new RegExp(from.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&') + ENDS, 'g');
  return (text) => (text.includes(from) ? text.replace(pattern, () => to) : text);
}

/**
 * From the upstream to the caller. A URL is rewritten wherever it stands, in a narrative or a comment too; text without
 * the base comes back as it is.
 */
export function rewriteUrls({ upstream, publicBase }: UrlBases): (text: string) => string {
  if (last?.upstream !== upstream || last.publicBase !== publicBase)
    last = { upstream, publicBase, rewrite: replacer(upstream, publicBase) };
  return last.rewrite;
}

/** An installation has one: the same function, so that what was rewritten by it is known. */
let last: (UrlBases & { readonly rewrite: (text: string) => string }) | undefined;

/** From the caller to the upstream: the inverse of `rewriteUrls`. */
export function toUpstream({ upstream, publicBase }: UrlBases): (text: string) => string {
  return replacer(publicBase, upstream);
}
