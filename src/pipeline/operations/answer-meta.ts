/** $meta of one resource (FHIR R4 operation-resource-meta): a read of which only `meta` is given (threats.md 39). */
import { PrivityError } from '../../errors.ts';
import type { Operation } from '../../fhir/interaction.ts';
import type { Answer } from '../answer.ts';
import { answerRead } from '../answer-read.ts';
import { askedOf } from '../search-page-link.ts';
import type { Session } from '../session.ts';

export async function answerMeta(
  session: Session,
  { type, id, parameters }: Operation & { readonly type: string; readonly id: string },
): Promise<Answer> {
  if (type === 'Binary') throw new PrivityError('not-supported', '$meta of Binary');
  if (askedOf(parameters).length > 0) throw new PrivityError('invalid-parameter', '$meta takes none');
  const { headers, resource } = await answerRead(session, type, id, []);
  const notice = Object.entries(headers).filter(([name]) => name !== 'etag' && name !== 'last-modified');
  const parameter = [{ name: 'return', valueMeta: resource?.meta ?? {} }];
  return { status: 200, headers: Object.fromEntries(notice), resource: { resourceType: 'Parameters', parameter } };
}
