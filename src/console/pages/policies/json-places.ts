/** Where in a JSON text an element stands that the API names by its path (`ValueSet.compose.include[0].concept[3]`). */

export interface Place {
  /** Both begin with 1. */
  readonly line: number;
  readonly column: number;
}

interface Frame {
  readonly path: string;
  readonly array: boolean;
  /** Of the member that comes next. */
  step: string | number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * Of what is not there, such as an element that is missing, the place of what should have it.
 * @param text sound JSON; @param root what paths begin with
 */
export function placesInJson(text: string, root: string, paths: readonly string[]): ReadonlyMap<string, Place> {
  const starts = startsOf(text, root, new Set(paths.flatMap(prefixesOf)));
  const found = paths.map((path) => [path, prefixesOf(path).findLast((prefix) => starts.has(prefix))] as const);
  return new Map(found.flatMap(([path, prefix]) => (prefix === undefined ? [] : [[path, placeAt(text, starts.get(prefix) ?? 0)]])));
}

/** `a.b[0]`: itself, and what it is within, the outermost first. */
function prefixesOf(path: string): readonly string[] {
  return [...path.matchAll(/[.[]|$/g)].map(({ index }) => path.slice(0, index)).filter((prefix) => prefix !== '');
}

function startsOf(text: string, root: string, wanted: ReadonlySet<string>): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  const frames: Frame[] = [];
  const pathNow = () => {
    const frame = frames.at(-1);
    if (frame === undefined) return root;
    return frame.array ? `${frame.path}[${frame.step}]` : `${frame.path}.${frame.step}`;
  };
  let expectsName = false;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const frame = frames.at(-1);
    if (token === '}' || token === ']') {
      frames.pop();
      expectsName = false;
    } else if (token === ',') {
      if (frame?.array) frame.step = Number(frame.step) + 1;
      else expectsName = true;
    } else if (expectsName && frame !== undefined && token.startsWith('"')) {
      frame.step = JSON.parse(token) as string;
      expectsName = false;
    } else if (token !== ':') {
      const path = pathNow();
      if (wanted.has(path)) starts.set(path, index);
      if (token === '{' || token === '[') frames.push({ path, array: token === '[', step: 0 });
      expectsName = token === '{';
    }
  }
  return starts;
}

/**
 * The first token that can not stand where it stands; its end where there is none. Browsers do not always say where JSON breaks off.
 * @param text unsound JSON
 */
export function brokenAt(text: string): Place {
  let before = '[';
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const mark = /^[{}[\],:]$/.test(token);
    const misplaced = mark && (/[,:]/.test(token) ? /^[,:{[]$/.test(before) : /[}\]]/.test(token) && /^[,:]$/.test(before));
    const unread = !mark && !/^(?:".*"|-?\d[\d.eE+-]*|true|false|null)$/.test(token);
    // Two values in a row: something between them is missing.
    if (misplaced || unread || (!/^[,:}\]]$/.test(token) && !/^[,:{[]$/.test(before))) return placeAt(text, index);
    before = token;
  }
  return placeAt(text, text.trimEnd().length);
}

export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
