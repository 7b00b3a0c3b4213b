/** Codes as law/classification.json writes them (`F20-F29`, `O99.31-`, `90833, 90836`, `Z13.30-Z13.39`) -> single codes to try. */
const RANGE = /^([A-Z]*)(\d+(?:\.\d+)?)-[A-Z]*(\d+(?:\.\d+)?)$/;

function codesOfTerm(term: string): string[] {
  const [, letters = '', from, to] = RANGE.exec(term) ?? [];
  if (from === undefined || to === undefined) return term.endsWith('-') ? [`${term.slice(0, -1)}0`, `${term.slice(0, -1)}3`] : [term];
  const decimals = (from.split('.')[1] ?? '').length;
  const scale = 10 ** decimals;
  const count = Math.round((Number(to) - Number(from)) * scale) + 1;
  return Array.from({ length: count }, (_, step) => {
    const number = (Number(from) + step / scale).toFixed(decimals);
    return letters + number.padStart(from.length, '0');
  });
}

export function expandCodes(section: string, text: string): string[] {
  const terms = text.split(',').map((term) => term.trim());
  return section.startsWith('loinc') ? terms : terms.flatMap(codesOfTerm);
}
