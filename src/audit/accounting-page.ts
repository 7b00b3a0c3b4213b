/** An accounting as a page fit to print (45 CFR 164.528(b), (c)): static text and style, nothing that runs. */
import type { Accounting, Exclusion, NamedDisclosure } from './accounting.ts';

export const ACCOUNTING_STYLE = `body{font:11pt/1.4 Georgia,serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%;font-size:.9em}
th,td{border:1px solid #999;padding:.35em .5em;text-align:left;vertical-align:top}th{background:#eee}small{color:#444}
thead{display:table-header-group}tr{break-inside:avoid}
@media print{body{margin:0;max-width:none}@page{margin:18mm}}`;

export function accountingPage(accounting: Accounting): string {
  const { patient, period, madeAt, scope, disclosures, excluded } = accounting;
  const rows = disclosures.length === 0 ? '<tr><td colspan="5">None.</td></tr>' : disclosures.map(disclosureRow).join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Accounting of disclosures</title>
<style>${ACCOUNTING_STYLE}</style></head><body><main>
<h1>Accounting of disclosures</h1>
<p>45 CFR 164.528; 42 CFR 2.25. Patient: ${escapeHtml(patient)}. From ${day(period.start)} to ${lastDay(period.end)}. Made ${day(madeAt)}.</p>
${scope === 'parent-of-minor' ? `<p>${PARENT_NOTE}</p>` : ''}
<table><thead><tr><th>Date</th><th>To whom</th><th>What</th><th>Purpose</th><th>Counted by</th></tr></thead><tbody>${rows}</tbody></table>
${scope === 'parent-of-minor' ? '' : exclusionTable(excluded)}
</main></body></html>`;
}

/** Always said to a parent, whether anything is left out or not. */
const PARENT_NOTE =
  'For a parent. Services that a minor may have consented to alone are not told here (45 CFR 164.502(g)(3)), nor is what does not count, as treatment; ask the privacy officer.';

function disclosureRow({ date, recipient, what, purpose, basis, ground, counted, suspension }: NamedDisclosure): string {
  const who = [recipient.name ?? recipient.reference ?? recipient.id ?? 'unknown', recipient.organizationName ?? recipient.organization];
  const place = [...who, recipient.address].filter((part) => part !== undefined).map(escapeHtml);
  const cited = basis.map(({ rule, citation }) => escapeHtml(citation === undefined ? rule : `${rule}, ${citation}`)).join('; ');
  const until = suspension?.until === undefined ? '' : ` until ${day(suspension.until)}`;
  const suspended = suspension && `Suspended${until} (${escapeHtml(suspension.citation)}). `;
  const state = suspended ?? (counted ? '' : 'Not counted. ');
  const cells = [
    `<time datetime="${escapeHtml(date)}">${day(date)} ${escapeHtml(date.slice(11, 19))} UTC</time>`,
    place.join('<br>'),
    escapeHtml(what),
    `${escapeHtml(purpose?.text ?? '')}${cited === '' ? '' : `<br><small>${cited}</small>`}`,
    `${state}${escapeHtml(ground.text)}<br><small>${escapeHtml(ground.citation)}</small>`,
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function exclusionTable(excluded: readonly Exclusion[]): string {
  return `<h2>Not counted</h2>
<p>Disclosures that the rules leave out of an accounting, by the rule that says so.</p>
<table><thead><tr><th>Rule</th><th>Disclosures</th><th>First</th><th>Last</th></tr></thead><tbody>${exclusionRows(excluded)}</tbody></table>`;
}

function exclusionRows(excluded: readonly Exclusion[]): string {
  if (excluded.length === 0) return '<tr><td colspan="4">None.</td></tr>';
  return excluded
    .map(
      ({ ground, count, first, last }) =>
        `<tr><td>${escapeHtml(ground.text)}<br><small>${escapeHtml(ground.citation)}</small></td><td>${count}</td><td>${day(first)}</td><td>${day(last)}</td></tr>`,
    )
    .join('');
}

function day(iso: string): string {
  return escapeHtml(iso.slice(0, 10));
}

/** The period's end is exclusive. */
function lastDay(iso: string): string {
  return day(new Date(Date.parse(iso) - 1).toISOString());
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
