/** The Patient compartment of the embedded server: search within it and `$everything` (FHIR R4 sections 2.36.6.1 and 10.1.16). */

import { referencesIn } from '../../fhir/references-in.ts';
import type { Bundle, Resource } from '../../fhir/resource.ts';
import { inPatientCompartment } from '../../fhir/search/patient-compartment.ts';
import type { Exchange, ServerContext } from './exchange.ts';
import { FhirError } from './fhir-error.ts';
import { entryOf } from './pages.ts';

/** The patient, the compartment, and what these refer to: other patients too, by way of a Group or List, as servers in use do. */
function closureOf({ store, base }: ServerContext, patient: Resource): Set<Resource> {
  const name = `Patient/${patient.id}`;
  const closure = new Set([patient, ...store.referrers(name).filter((resource) => inPatientCompartment(resource, name, base()))]);
  for (const resource of [...closure]) {
    for (const reference of new Set(referencesIn(resource, base()))) {
      const [type = '', id = ''] = reference.split('/');
      const target = store.resource(type, id);
      if (target !== undefined) closure.add(target);
    }
  }
  return closure;
}

function positive(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new FhirError(400, 'invalid', 'Invalid _count');
  return Number(text);
}

/**
 * `Patient/{id}/$everything`, or `Patient/$everything` for all patients, in pages.
 * @throws FhirError 404, 410
 */
export function everything(context: ServerContext, exchange: Exchange, id: string | undefined): Bundle {
  const { store, base, pages } = context;
  const patient = id === undefined ? undefined : store.resource('Patient', id);
  if (id !== undefined && patient === undefined)
    throw new FhirError(store.current('Patient', id) === undefined ? 404 : 410, 'not-found', `Resource Patient/${id} is not known`);
  const patients = patient === undefined ? [...store.ofType('Patient')] : [patient];
  const query = new URLSearchParams(exchange.query.map(([name, value]) => [name, value]));
  const types = query.get('_type')?.split(',');
  const since = Date.parse(query.get('_since') ?? '1970-01-01');
  if (Number.isNaN(since)) throw new FhirError(400, 'invalid', 'Invalid _since');
  const found = new Set(patients.flatMap((each) => [...closureOf(context, each)]));
  const names = [...found]
    .filter(({ resourceType, meta }) => (types?.includes(resourceType) ?? true) && Date.parse(meta?.lastUpdated ?? '') >= since)
    .map(({ resourceType, id: each = '' }) => [resourceType, each] as const);
  const entries = (from: number, to: number) =>
    names.slice(from, to).flatMap(([type, each]) => {
      const resource = store.resource(type, each);
      return resource === undefined ? [] : [entryOf(base(), resource, 'match')];
    });
  const self = `${[base(), ...exchange.path].join('/')}${query.size === 0 ? '' : `?${query}`}`;
  return pages.first({ type: 'searchset', length: names.length, total: names.length, self, entries }, positive(query.get('_count')));
}
