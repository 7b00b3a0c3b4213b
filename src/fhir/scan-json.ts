/**
 * One pass over a JSON text (RFC 8259) that knows strings from structure: how deep it nests, how many members its objects have,
 * and where the resources in the entries of a Bundle begin and end. Judges no validity: what it finds counts only where
 * JSON.parse reads the pieces and the rest alike (parse-fhir.ts).
 */
export interface ScannedJson {
  /** Names followed by a colon, in all objects together. */
  readonly members: number;
  /** Values of `entry[].resource` of the outermost object, in order. */
  readonly slices: readonly Slice[];
}

export interface Slice {
  readonly start: number;
  readonly end: number;
  readonly members: number;
}

export interface ScanOptions {
  /** Levels of arrays and objects. */
  readonly limit: number;
  /** Where a value of `entry[].resource` that starts here is known to end; it is not looked into. */
  readonly endOf?: (start: number) => number | undefined;
}

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];
/** Most strings are short; beyond this, the engine's own search is quicker. */
const SHORT = 24;

/** @returns `undefined` where the text nests deeper than the limit */
export function scanJson(text: string, { limit, endOf }: ScanOptions): ScannedJson | undefined {
  const { length } = text;
  const slices: Slice[] = [];
  let members = 0;
  let depth = 0;
  // Of the last string: its quotes.
  let [from, to] = [0, 0];
  // In the array that is the member `entry` of the outermost object.
  let inEntries = false;
  let start = -1;
  let before = 0;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      from = at;
      at = endOfString(text, at, length);
      to = at;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      depth += 1;
      if (depth > limit) return undefined;
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      depth -= 1;
      if (depth === 1) inEntries = false;
      else if (depth === 3 && start !== -1) {
        slices.push({ start, end: at + 1, members: members - before });
        start = -1;
      }
    } else if (code === COLON) {
      members += 1;
      if (depth === 1) inEntries = to - from === 6 && text.startsWith('entry', from + 1);
      else if (depth === 3 && inEntries && to - from === 9 && text.startsWith('resource', from + 1)) {
        start = afterSpace(text, at + 1, length);
        before = members;
        const end = endOf?.(start);
        if (end !== undefined) {
          slices.push({ start, end, members: 0 });
          at = end - 1;
          start = -1;
        }
      }
    }
  }
  return { members, slices };
}

function afterSpace(text: string, start: number, length: number): number {
  let at = start;
  while (at < length && text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

/** Index of the quote that ends the string which starts at `start`; the end of the text where there is none. */
function endOfString(text: string, start: number, length: number): number {
  const near = Math.min(length, start + SHORT);
  let at = start + 1;
  for (; at < near; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  for (let end = text.indexOf('"', at); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (end - 1 - backslashes >= at && text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return length;
}
