/**
 * Operations by allow-list (threats.md 39): each is answered by a rule of its own; what is not listed is refused by name
 * before anything is read.
 */
import { PrivityError } from '../errors.ts';
import type { Operation } from '../fhir/interaction.ts';
import type { Answer } from './answer.ts';
import { answerEverything } from './answer-everything.ts';
import type { Session } from './session.ts';

export function answerOperation(session: Session, operation: Operation): Promise<Answer> {
  const { name, type, id, parameters, body } = operation;
  if (name === '$everything' && type === 'Patient' && id !== undefined && body === undefined)
    return answerEverything(session, id, parameters);
  throw new PrivityError('not-supported', 'operation');
}
