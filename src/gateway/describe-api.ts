/**
 * openapi.yaml as a readable page: what `/docs` shows. Text and style only, without a script, so that the content policy of
 * the gateway stays strict (the usual viewers need inline scripts and megabytes of them).
 */
import { parse } from 'yaml';

interface Parameter {
  readonly name?: string;
  readonly in?: string;
  readonly description?: string;
  readonly $ref?: string;
}

interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly responses?: Readonly<Record<string, { readonly description?: string; readonly $ref?: string }>>;
}

interface Api {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: Readonly<Record<string, unknown>>;
}

type Cells = readonly [name: string, place: string, text: string];

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:3rem}h3{margin:2rem 0 .3rem;border-bottom:1px solid #8884;font-size:1.05rem}code{font:.9em ui-monospace,monospace}
.method{text-transform:uppercase;font-weight:700;margin-right:.5rem}table{border-collapse:collapse;width:100%;table-layout:fixed}
td{border-bottom:1px solid #8883;padding:.3rem .6rem .3rem 0;vertical-align:top;overflow-wrap:anywhere}td:first-child{width:12rem}
td:nth-child(2){width:5rem;opacity:.7}p{white-space:pre-line;margin:.4rem 0}`;

export function describeApi(yaml: string): string {
  const api = parse(yaml) as Api;
  const operations = Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] === undefined ? [] : [{ path, method, operation: item[method] }])),
  );
  const groups = (api.tags ?? []).map(({ name, description = '' }) => {
    const own = operations.filter(({ operation }) => operation.tags?.includes(name));
    return `<h2>${escapeHtml(name)}</h2><p>${escapeHtml(description)}</p>${own.map((row) => section(api, row.path, row.method, row.operation)).join('')}`;
  });
  const { title, version, description = '' } = api.info;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>${STYLE}</style><main><h1>${escapeHtml(title)} ${escapeHtml(version)}</h1><p>${escapeHtml(description)}</p>
<p><a href="/openapi.yaml">openapi.yaml</a></p>${groups.join('')}</main></html>`;
}

function section(api: Api, path: string, method: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map((row): Cells => {
    const { name = '', in: place = '', description = '' } = resolve(api, row);
    return [name, place, description];
  });
  const responses = Object.entries(operation.responses ?? {}).map(
    ([status, row]): Cells => [status, 'answer', resolve(api, row).description ?? ''],
  );
  return `<section><h3><span class="method">${method}</span><code>${escapeHtml(path)}</code></h3>
<p>${escapeHtml(operation.summary ?? '')}</p><p>${escapeHtml(operation.description ?? '')}</p>${table([...parameters, ...responses])}</section>`;
}

/** `#/components/parameters/count` -> the parameter itself. */
function resolve<T extends { readonly $ref?: string }>(api: Api, row: T): T {
  if (row.$ref === undefined) return row;
  const steps = row.$ref.replace(/^#\//, '').split('/');
  return steps.reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], api) as T;
}

function table(rows: readonly Cells[]): string {
  const cells = rows.map(
    ([name, place, text]) => `<tr><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(place)}</td><td>${escapeHtml(text)}</td></tr>`,
  );
  return rows.length === 0 ? '' : `<table>${cells.join('')}</table>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
