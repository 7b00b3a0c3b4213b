/** Asks the running gateway every question of the tour and sums up what came back, so that the demo never claims what it does not do. */
import type { TourStop } from './curl-tour.ts';

export interface TourResult extends TourStop {
  readonly status: number;
  /** One line: how many resources, what is redacted, which reason. */
  readonly got: string;
}

interface Body {
  readonly resourceType?: string;
  readonly total?: number;
  readonly meta?: { readonly security?: readonly { readonly code?: string }[]; readonly tag?: readonly { readonly code?: string }[] };
  readonly entry?: readonly { readonly resource?: Body; readonly search?: { readonly mode?: string } }[];
  readonly issue?: readonly { readonly code?: string; readonly details?: { readonly coding?: readonly { readonly code?: string }[] } }[];
}

export async function takeTour(
  url: string,
  tokens: ReadonlyMap<string, string>,
  tour: readonly TourStop[],
): Promise<readonly TourResult[]> {
  const results: TourResult[] = [];
  for (const stop of tour) {
    const response = await fetch(`${url}${stop.path}`, {
      headers: { accept: 'application/fhir+json', authorization: `Bearer ${tokens.get(stop.persona)}`, ...stop.headers },
    });
    results.push({
      ...stop,
      status: response.status,
      got: sumUp((await response.json()) as Body, response.headers.get('x-redisclosure-notice')),
    });
  }
  return results;
}

function sumUp(body: Body, notice: string | null): string {
  const marks = [...(isMarked(body) ? [markOf(body)] : []), ...(notice === null ? [] : ['redisclosure notice'])];
  if (body.resourceType === 'OperationOutcome') return body.issue?.[0]?.details?.coding?.[0]?.code ?? 'refused';
  if (body.resourceType !== 'Bundle') return [body.resourceType, ...marks].join(', ');
  const entries = body.entry ?? [];
  const given = entries.filter((entry) => entry.search?.mode !== 'outcome');
  const redacted = given.filter((entry) => entry.resource !== undefined && isMarked(entry.resource)).length;
  const outcomes = entries.filter((entry) => entry.search?.mode === 'outcome').map((entry) => entry.resource?.issue?.[0]?.code);
  const parts = [`${given.length} ${given.length === 1 ? 'resource' : 'resources'}`];
  if (redacted > 0) parts.push(`${redacted} in part`);
  if (outcomes.includes('suppressed')) parts.push('told that something is withheld');
  return [...parts, ...marks].join(', ');
}

function isMarked({ meta }: Body): boolean {
  return markOf({ meta }) !== '';
}

function markOf({ meta }: Pick<Body, 'meta'>): string {
  if (meta?.security?.some((label) => label.code === 'REDACTED')) return 'redacted';
  return meta?.tag?.some((tag) => tag.code === 'SUBSETTED') ? 'minimum necessary' : '';
}
