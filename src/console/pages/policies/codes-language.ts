/** Codes as CodeMirror colours them: names and texts of JSON; a list has none. */
import { StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { COLOURS } from './cedar-language.ts';

const codes = StreamLanguage.define<{ readonly none?: never }>({
  name: 'codes',
  startState: () => ({}),
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(?:[^"\\]|\\.)*"(?=\s*:)/)) return 'keyword';
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string';
    stream.next();
    return null;
  },
});

export const codesLanguage: Extension = [codes, syntaxHighlighting(COLOURS)];
