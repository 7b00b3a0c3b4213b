/** The versions of policy and consents that an answer rests on: the commit of the log compares them (design.md section 5). */
import type { AuditRecord, DecidedUnder } from '../audit/record.ts';
import { loadSubjects } from './decide-resources.ts';
import type { Session } from './session.ts';

/**
 * Consent or policy may change while something is decided: it is decided anew this often before it is refused. Each write of what
 * decisions read is such a change, and of those a patient may have dozens at once.
 */
export const ATTEMPTS = 12;

/** What a commit said is stale is read anew from now on. */
export async function readAnew({ deps, subjects }: Session): Promise<void> {
  deps.consents.forget([...subjects.keys()]);
  await deps.policies.refresh?.();
}

/**
 * What is withheld is compared as well: what was just permitted must not be refused because this replica has not heard of it.
 * @returns `undefined` for a refusal before anything was decided: it rests on nothing that could have changed
 */
export async function decidedUnder(session: Session, record: AuditRecord): Promise<DecidedUnder | undefined> {
  if (record.outcome !== '0' && record.decisions.length === 0) return undefined;
  const subjects = await loadSubjects(session, [...session.subjects.keys()]);
  return { policyVersion: session.policy.version, epochs: subjects.map(({ reference, epoch }) => ({ subject: reference, epoch })) };
}
