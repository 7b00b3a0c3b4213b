/**
 * Operations by allow-list (threats.md 39): each is answered by a rule of its own; what is not listed is refused by name
 * before anything is read. GraphQL (threats.md 37) and whatever changes the record past create, update and delete are
 * not on the list.
 */
import { PrivityError } from '../errors.ts';
import type { Operation } from '../fhir/interaction.ts';
import type { Answer } from './answer.ts';
import { answerDocref } from './operations/answer-docref.ts';
import { answerEverything } from './operations/answer-everything.ts';
import { answerLastn } from './operations/answer-lastn.ts';
import { answerMatch } from './operations/answer-match.ts';
import { answerMeta } from './operations/answer-meta.ts';
import { answerTerminology, TERMINOLOGY } from './operations/answer-terminology.ts';
import { answerValidate } from './operations/answer-validate.ts';
import type { Session } from './session.ts';

export async function answerOperation(session: Session, operation: Operation): Promise<Answer> {
  const { name, type, id } = operation;
  if (type !== undefined && TERMINOLOGY.has(`${type}/${name}`)) return answerTerminology(session, { ...operation, type });
  switch (name) {
    case '$everything':
      if (type === 'Patient' && id !== undefined) return answerEverything(session, { ...operation, id });
      break;
    case '$lastn':
      if (type === 'Observation' && id === undefined) return answerLastn(session, operation);
      break;
    case '$docref':
      if (type === 'DocumentReference' && id === undefined) return answerDocref(session, operation);
      break;
    case '$match':
      if (type === 'Patient' && id === undefined) return answerMatch(session, operation);
      break;
    case '$meta':
      if (type !== undefined && id !== undefined && operation.body === undefined) return answerMeta(session, { ...operation, type, id });
      break;
    case '$validate':
      if (type !== undefined) return answerValidate(operation);
      break;
  }
  throw new PrivityError('not-supported', `operation ${knownOperation(name)}`);
}

/** What is no operation's name may be anybody's words: it is not repeated. */
function knownOperation(name: string): string {
  return /^\$[a-z][a-z-]{1,30}$/.test(name) ? name : '$unknown';
}
