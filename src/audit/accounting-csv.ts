/** An accounting as CSV (RFC 4180): a line for each disclosure, with the rule by which it is counted or not. */
import type { Accounting, NamedDisclosure } from './accounting.ts';

const COLUMNS: readonly (readonly [name: string, of: (row: NamedDisclosure) => string | undefined])[] = [
  ['date', ({ date }) => date],
  ['recipient', ({ recipient }) => recipient.name ?? recipient.reference ?? recipient.id],
  ['recipient_reference', ({ recipient }) => recipient.reference],
  ['organization', ({ recipient }) => recipient.organizationName ?? recipient.organization],
  ['address', ({ recipient }) => recipient.address],
  ['recipient_class', ({ recipient }) => recipient.kind],
  ['what', ({ what }) => what],
  ['purpose', ({ purpose }) => purpose?.text],
  ['basis', ({ basis }) => basis.map(({ rule, citation }) => (citation === undefined ? rule : `${rule}: ${citation}`)).join(' | ')],
  ['counted', ({ counted, suspended }) => (suspended ? 'suspended' : counted ? 'yes' : 'no')],
  ['suspended_until', ({ suspension }) => suspension?.until],
  ['rule', ({ ground }) => ground.citation],
  ['rule_text', ({ ground, suspension }) => (suspension === undefined ? ground.text : `${ground.text} Suspended: ${suspension.citation}.`)],
  ['event', ({ event }) => event],
];

export function accountingCsv({ disclosures }: Accounting): string {
  return csvOf([COLUMNS.map(([name]) => name), ...disclosures.map((row) => COLUMNS.map(([, of]) => of(row) ?? ''))]);
}

/** Lines of cells. A cell that a spreadsheet would take for a formula is made text (CWE-1236). */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
