/**
 * DocumentReference/$docref (US Core 6.1 OperationDefinition-docref): a patient's documents by type and date of care, of
 * those that exist and are released; none is made on demand.
 */
import { PrivityError } from '../../errors.ts';
import type { Operation } from '../../fhir/interaction.ts';
import type { Pairs } from '../../fhir/query-pairs.ts';
import type { Resource } from '../../fhir/resource.ts';
import { type DateRange, dateRange } from '../../fhir/search/date-range.ts';
import { rangeOf } from '../../fhir/search/match-date.ts';
import { searchValues } from '../../fhir/search/search-values.ts';
import { sortResources } from '../../fhir/search/sort-resources.ts';
import type { Answer } from '../answer.ts';
import { searchReleased } from '../collect-matches.ts';
import type { Session } from '../session.ts';
import { giveSearchset } from './give-searchset.ts';
import { type OperationInput, onlyValue, readOperationInput } from './read-operation-input.ts';

const NAMES = ['patient', 'start', 'end', 'type', 'on-demand'];

export async function answerDocref(session: Session, operation: Operation): Promise<Answer> {
  const input = readOperationInput(operation, (name) => NAMES.includes(name), NAMES.join(', '));
  const patient = onlyValue(input, 'patient')?.replace(/^Patient\//, '');
  if (patient === undefined || !/^[A-Za-z0-9\-.]{1,64}$/.test(patient)) throw new PrivityError('invalid-parameter', 'patient');
  if (onlyValue(input, 'on-demand') === 'true') throw new PrivityError('not-supported', '$docref: on-demand');
  const { start, end } = careDates(input);
  const pairs: Pairs = [['patient', `Patient/${patient}`], ['status', 'current'], ...typesOf(input)];
  const matches = await searchReleased(session, 'DocumentReference', pairs);
  const byResource = new Map(matches.map((match) => [match.resource, match]));
  const newest = sortResources([...byResource.keys()], [{ parameter: 'date', descending: true }]);
  // Without dates the most recent one is meant.
  const asked = start === undefined && end === undefined ? newest.slice(0, 1) : newest.filter((each) => isWithin(each, start, end));
  return giveSearchset(
    session,
    'DocumentReference/$docref',
    asked.flatMap((resource) => byResource.get(resource) ?? []),
  );
}

function careDates(input: OperationInput): { readonly start?: DateRange; readonly end?: DateRange } {
  const read = (name: string) => {
    const text = onlyValue(input, name);
    const range = text === undefined ? undefined : dateRange(text);
    if (text !== undefined && range === undefined) throw new PrivityError('invalid-parameter', name);
    return range;
  };
  const [start, end] = [read('start'), read('end')];
  return { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
}

/** A token in the URL, a Coding or CodeableConcept in the body. */
function typesOf({ pairs, complex }: OperationInput): Pairs {
  const written = pairs.filter(([name]) => name === 'type').map(([, value]) => value);
  const coded = complex.flatMap(([name, , value]) => {
    if (name !== 'type') return [];
    const { coding = [value] } = value as { coding?: readonly unknown[] };
    return coding.map((row) => {
      const { system, code } = row as { system?: string; code?: string };
      if (code === undefined) throw new PrivityError('invalid-parameter', 'type');
      return `${system ?? ''}${system === undefined ? '' : '|'}${code}`;
    });
  });
  const tokens = [...written, ...coded];
  return tokens.length === 0 ? [] : [['type', tokens.join(',')]];
}

/** Dates of care, not of the record; where a document does not tell them, its own. */
function isWithin(document: Resource, start: DateRange | undefined, end: DateRange | undefined): boolean {
  const read = (name: string) => (searchValues(document, 'DocumentReference', name) ?? []).flatMap((value) => rangeOf(value) ?? []);
  const care = read('period');
  const ranges = care.length > 0 ? care : read('date');
  return ranges.some(({ low, high }) => (start === undefined || high > start.low) && (end === undefined || low < end.high));
}
