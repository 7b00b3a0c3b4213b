/** What the address of the log's view asks for, as a search of `/audit/AuditEvent`. Days are those of whoever looks. */
const PLAIN = ['patient', 'agent', 'action', 'outcome', 'purpose', 'label', 'entity', 'policy', 'type'] as const;
export type Filter = (typeof PLAIN)[number] | 'from' | 'to';
export const FILTERS: readonly Filter[] = [...PLAIN, 'from', 'to'];

/** Kinds of events that are more than a type of AuditEvent: what the staff rules or reads is a security resource (object-role 13). */
const KINDS: Readonly<Record<string, readonly (readonly [name: string, value: string])[]>> = {
  rest: [
    ['type', 'rest'],
    ['entity-role:not', '13'],
  ],
  staff: [['entity-role', '13']],
  all: [],
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;
export const PAGE_SIZE = 50;

/** Without paging and format. */
export function filterQuery(search: URLSearchParams): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of PLAIN) {
    const value = search.get(name)?.trim() ?? '';
    if (value !== '') query.set(name, value);
  }
  const kind = query.get('type') ?? 'rest';
  query.delete('type');
  for (const [name, value] of KINDS[kind] ?? [['type', kind]]) query.set(name, value);
  const from = dayStart(search.get('from'), 0);
  const before = dayStart(search.get('to'), 1);
  if (from !== undefined) query.append('date', `ge${from}`);
  if (before !== undefined) query.append('date', `lt${before}`);
  return query;
}

export function pageQuery(search: URLSearchParams): URLSearchParams {
  const query = filterQuery(search);
  query.set('_count', String(PAGE_SIZE));
  if (search.get('sort') === 'oldest') query.set('_sort', 'date');
  const page = search.get('page');
  if (page !== null) query.set('_page', page);
  return query;
}

/** The `_page` of a Bundle's next link. */
export function nextPage(links: readonly { readonly relation: string; readonly url: string }[]): string | undefined {
  const next = links.find(({ relation }) => relation === 'next')?.url;
  return next === undefined ? undefined : (new URL(next).searchParams.get('_page') ?? undefined);
}

function dayStart(day: string | null, later: number): string | undefined {
  if (day === null || !DAY.test(day)) return undefined;
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + later);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
