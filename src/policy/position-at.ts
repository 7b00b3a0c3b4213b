/** Cedar counts places in bytes of UTF-8 from the start of the text that it was given; people count lines and columns. */
import type { Position } from './policy-set.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * @param text what Cedar was given
 * @param byte offset in its UTF-8 form
 * @param start where `text` begins in its file
 */
export function positionAt(text: string, byte: number, start: Position = { line: 1, column: 1 }): Position {
  const lines = decoder.decode(encoder.encode(text).subarray(0, byte)).split('\n');
  const last = lines.at(-1) ?? '';
  return lines.length === 1
    ? { line: start.line, column: start.column + last.length }
    : { line: start.line + lines.length - 1, column: last.length + 1 };
}
