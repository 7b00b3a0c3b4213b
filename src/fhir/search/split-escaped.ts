/** The escape rule of search values (FHIR R4 section 3.1.1.4): `\,` `\|` `\$` `\\` stand for the character itself. */

/**
 * Splits where `separator` stands unescaped; the parts keep their escapes.
 * @param limit the last part keeps any further separators
 */
export function splitEscaped(text: string, separator: ',' | '|' | '$', limit = Number.POSITIVE_INFINITY): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length && parts.length < limit - 1; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === separator) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, text.slice(start)];
}

export function unescapeValue(text: string): string {
  return text.replace(/\\([\\,|$])/g, '$1');
}

/** Any text as one value of a search. */
export function escapeValue(text: string): string {
  return text.replace(/[\\,|$]/g, '\\$&');
}
