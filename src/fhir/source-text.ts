/**
 * The JSON text that a resource was parsed from, kept where copying it says just what writing the resource anew would say: it is
 * one whole JSON value, and no object in it names a member twice (JSON.parse keeps the last one, and only what was parsed was
 * decided on). Nothing here changes a resource, so the same object is the same text.
 */
const sources = new WeakMap<object, string>();

/** @returns JSON text; `undefined` for what was made, changed, or came in a text that can not be copied */
export function sourceText(resource: object): string | undefined {
  return sources.get(resource);
}

/**
 * @param text what `resource` was parsed from
 * @param members names followed by a colon in `text`, repeats counted
 * @returns whether it may be copied
 */
export function keepSource(resource: object, text: string, members: number): boolean {
  if (membersIn(resource) !== members) return false;
  sources.set(resource, text);
  return true;
}

/** The depth of what is parsed is bounded before. */
function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) {
      const item: unknown = value[at];
      if (typeof item === 'object') count += membersIn(item);
    }
    return count;
  }
  for (const name in value) {
    count += 1;
    const child = (value as Record<string, unknown>)[name];
    if (typeof child === 'object') count += membersIn(child);
  }
  return count;
}
