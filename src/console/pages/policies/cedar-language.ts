/** Cedar as CodeMirror colours it (Cedar language 4.x): words, names, texts and comments; what is wrong the gateway says. */
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';

const KEYWORDS = /^(?:permit|forbid|when|unless|if|then|else|in|is|has|like)\b/;
const VARIABLES = /^(?:principal|action|resource|context)\b/;
const METHODS = /^(?:contains|containsAll|containsAny|isEmpty)\b(?=\()/;

const cedar = StreamLanguage.define<{ readonly none?: never }>({
  name: 'cedar',
  startState: () => ({}),
  languageData: { commentTokens: { line: '//' }, closeBrackets: { brackets: ['(', '[', '{', '"'] } },
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match('//')) {
      stream.skipToEnd();
      return 'comment';
    }
    if (stream.match(/^@[A-Za-z_]\w*/)) return 'meta';
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string';
    if (stream.match(/^\d+/)) return 'number';
    if (stream.match(KEYWORDS)) return 'keyword';
    if (stream.match(/^(?:true|false)\b/)) return 'bool';
    if (stream.match(VARIABLES)) return 'variableName';
    if (stream.match(METHODS)) return 'propertyName';
    if (stream.match(/^[A-Za-z_]\w*(?=::)/)) return 'typeName';
    if (stream.match(/^[A-Za-z_]\w*/)) return 'name';
    if (stream.match(/^(?:==|!=|<=|>=|&&|\|\||::|[<>!+\-*])/)) return 'operator';
    stream.next();
    return null;
  },
});

/** Each is legible on the page's ground, and on the grounds of what was added and removed, in both schemes. */
export const COLOURS = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--cedar-comment)', fontStyle: 'italic' },
  { tag: tags.keyword, color: 'var(--cedar-keyword)', fontWeight: '650' },
  { tag: tags.meta, color: 'var(--cedar-meta)' },
  { tag: tags.string, color: 'var(--cedar-text)' },
  { tag: tags.typeName, color: 'var(--cedar-type)' },
  { tag: [tags.number, tags.bool], color: 'var(--cedar-number)' },
  { tag: [tags.variableName, tags.propertyName], color: 'var(--cedar-variable)' },
]);

export const cedarLanguage: Extension = [cedar, syntaxHighlighting(COLOURS)];
