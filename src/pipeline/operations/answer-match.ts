/**
 * Patient/$match (FHIR R4 operation-patient-match): patients who are exactly as described, among those whom the requester
 * may see. Nothing is guessed: an identifier makes a match certain, name with birth date probable.
 */
import { PrivityError } from '../../errors.ts';
import type { Operation } from '../../fhir/interaction.ts';
import type { Pairs } from '../../fhir/query-pairs.ts';
import type { Identifier, Resource } from '../../fhir/resource.ts';
import { escapeValue } from '../../fhir/search/split-escaped.ts';
import type { Answer } from '../answer.ts';
import { searchReleased } from '../collect-matches.ts';
import type { Session } from '../session.ts';
import { giveSearchset } from './give-searchset.ts';
import { onlyValue, readOperationInput } from './read-operation-input.ts';

const NAMES = ['resource', 'onlyCertainMatches', 'count'];
const GRADE = 'http://hl7.org/fhir/StructureDefinition/match-grade';

interface Described {
  readonly identifiers: readonly Identifier[];
  readonly pairs: Pairs;
}

export async function answerMatch(session: Session, operation: Operation): Promise<Answer> {
  const input = readOperationInput(operation, (name) => NAMES.includes(name), NAMES.join(', '));
  const described = describe(input.resources.get('resource'));
  const count = onlyValue(input, 'count') ?? '100';
  if (!/^[1-9]\d{0,3}$/.test(count)) throw new PrivityError('invalid-parameter', 'count');
  const certain = described.identifiers.length > 0;
  const onlyCertain = onlyValue(input, 'onlyCertainMatches') === 'true';
  const found = onlyCertain && !certain ? [] : await searchReleased(session, 'Patient', described.pairs);
  // More than one certain match is none.
  const matches = onlyCertain && found.length > 1 ? [] : found.slice(0, Number(count));
  const grade = { url: GRADE, valueCode: certain ? 'certain' : 'probable' };
  return giveSearchset(session, 'Patient/$match', matches, () => ({ extension: [grade], score: certain ? 1 : 0.8 }));
}

/** @throws PrivityError `invalid-body` where too little is said to tell one patient from another */
function describe(patient: Resource | undefined): Described {
  if (patient?.resourceType !== 'Patient') throw new PrivityError('invalid-body', 'resource: a Patient');
  const identifiers = rowsOf<Identifier>(patient.identifier).filter(({ system, value }) => isText(system) && isText(value));
  const names = rowsOf<{ family?: unknown; given?: unknown }>(patient.name);
  const family = names.map((name) => name.family).find(isText);
  const given = names.flatMap((name) => rowsOf<unknown>(name.given)).find(isText);
  const { birthDate, gender } = patient;
  if (identifiers.length === 0 && (family === undefined || !isText(birthDate)))
    throw new PrivityError('invalid-body', 'resource: an identifier with its system, or a family name and birthDate');
  return {
    identifiers,
    pairs: [
      ...(identifiers.length === 0
        ? []
        : [
            [
              'identifier',
              identifiers.map(({ system, value }) => `${escapeValue(system ?? '')}|${escapeValue(value ?? '')}`).join(','),
            ] as const,
          ]),
      ...(family === undefined ? [] : [['family:exact', escapeValue(family)] as const]),
      ...(given === undefined ? [] : [['given:exact', escapeValue(given)] as const]),
      ...(isText(birthDate) ? [['birthdate', birthDate] as const] : []),
      ...(isText(gender) ? [['gender', escapeValue(gender)] as const] : []),
    ],
  };
}

function rowsOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
