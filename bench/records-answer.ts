/** What a FHIR server answers about the records of the benchmark: reads, searches by id and by patient. */
import type { Resource } from '../src/fhir/resource.ts';
import { consent, encounter, observation, patient, plain, searchset, shapeOf } from './records.ts';

function subjectsIn(value: string | null): readonly string[] {
  return (value ?? '').split(',').map((name) => name.replace(/^Patient\//, ''));
}

function resourcesOf(type: string, query: URLSearchParams, consents: number): readonly Resource[] {
  const ids = query.get('_id')?.split(',');
  if (ids !== undefined) return ids.flatMap((id) => resourceOf(type, id) ?? []);
  const subjects = subjectsIn(query.get('patient') ?? query.get('subject'));
  if (type === 'Observation') {
    return subjects.flatMap((name) => {
      const shape = shapeOf(name);
      return shape === undefined ? [] : Array.from({ length: shape.entries }, (_, index) => observation(name, index, shape.outcome));
    });
  }
  if (type !== 'Consent') return [];
  return subjects.flatMap((name) =>
    Array.from({ length: consents }, (_, number) => consent(name, number, number === 1 && shapeOf(name)?.outcome === 'all')),
  );
}

function resourceOf(type: string, id: string): Resource | undefined {
  if (type === 'Encounter') return encounter(id);
  if (type === 'Patient') return patient(id);
  if (type !== 'Observation') return type === 'Consent' ? undefined : plain(type, id);
  const [, name = '', index] = /^(p-.+)-o(\d+)$/.exec(id) ?? [];
  return observation(name, Number(index), shapeOf(name)?.outcome ?? 'none');
}

/** @param path with the path of the base, as a server sees it */
export function answerTo(base: string, path: string, consents = 2): Resource | undefined {
  const url = new URL(path, 'http://stub');
  const [, , type = '', id] = url.pathname.split('/');
  if (id !== undefined) return resourceOf(type, id);
  return searchset(base, `${type}${url.search}`, resourcesOf(type, url.searchParams, consents));
}
