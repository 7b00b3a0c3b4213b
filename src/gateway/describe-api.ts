/** openapi.yaml as a readable page: what `/docs` shows. */
import { parse } from 'yaml';

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name?: string; readonly in?: string; readonly description?: string; readonly $ref?: string }[];
  readonly responses?: Readonly<Record<string, { readonly description?: string; readonly $ref?: string }>>;
}

interface Api {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem;border-bottom:1px solid #8884;font-size:1.1rem}code{font:.9em ui-monospace,monospace}
.method{text-transform:uppercase;font-weight:700;margin-right:.5rem}table{border-collapse:collapse;width:100%}
td{border-bottom:1px solid #8884;padding:.3rem .6rem .3rem 0;vertical-align:top}p{white-space:pre-line}`;

export function describeApi(yaml: string): string {
  const api = parse(yaml) as Api;
  const sections = Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] === undefined ? [] : [section(path, method, item[method])])),
  );
  const head = `<h1>${escapeHtml(api.info.title)} ${escapeHtml(api.info.version)}</h1><p>${escapeHtml(api.info.description ?? '')}</p>
<p><a href="/openapi.yaml">openapi.yaml</a></p>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(api.info.title)}</title>
<style>${STYLE}</style><main>${head}${sections.join('')}</main></html>`;
}

function section(path: string, method: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map((row) => [row.name ?? nameOf(row.$ref), row.description ?? ''] as const);
  const responses = Object.entries(operation.responses ?? {}).map(
    ([status, row]) => [status, row.description ?? nameOf(row.$ref)] as const,
  );
  return `<section><h2><span class="method">${method}</span><code>${escapeHtml(path)}</code></h2>
<p>${escapeHtml(operation.summary ?? '')}</p><p>${escapeHtml(operation.description ?? '')}</p>${table([...parameters, ...responses])}</section>`;
}

function nameOf(reference: string | undefined): string {
  return reference?.split('/').at(-1) ?? '';
}

function table(rows: readonly (readonly [string, string])[]): string {
  const cells = rows.map(([name, text]) => `<tr><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(text)}</td></tr>`);
  return rows.length === 0 ? '' : `<table>${cells.join('')}</table>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
