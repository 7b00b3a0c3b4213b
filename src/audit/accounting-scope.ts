/**
 * Whether somebody stands in the individual's place for an accounting of disclosures (45 CFR 164.528(a)(1) with 164.502(g)): a
 * personal representative on an authority that staff recorded by name (MH-13), the parent of a minor (MH-15) for what is sure to
 * be a parent's to know. Any determination against the person refuses the whole: which disclosure it is about, nobody can tell.
 */
import type { SubjectRecord } from '../decide/decision.ts';
import { factsOf, recordedFor } from '../decide/facts-of.ts';
import type { DecideSettings } from '../decide/settings.ts';
import { localReference } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Fact } from '../policy/question.ts';
import type { Requester } from '../requester/requester.ts';
import type { AccountingScope } from './accounting.ts';

export interface AccountingAsker {
  readonly requester: Requester;
  /** What is known of the patient whose accounting is asked for. */
  readonly subject: SubjectRecord;
  /** The RelatedPerson that the requester's token names; absent where there is none. */
  readonly person?: Resource | undefined;
  readonly settings: DecideSettings;
  /** Base URL of the record. */
  readonly base: string;
  /** ISO 8601. */
  readonly at: string;
}

const REPRESENTATIVE_PURPOSES: ReadonlySet<string> = new Set(['PWATRNY', 'PATRQT']);
const PARENT_PURPOSES: ReadonlySet<string> = new Set(['FAMRQT', 'PWATRNY']);
const AGAINST_ANYONE: readonly Fact[] = ['endangerment-502g5', 'access-denied-524'];
const AGAINST_PARENTS: readonly Fact[] = [...AGAINST_ANYONE, 'minor-consented', 'removed-from-custody', 'deceased'];

/** @returns `undefined`: this person gets none */
export function accountingScope(asker: AccountingAsker): Exclude<AccountingScope, 'staff'> | undefined {
  const { requester, subject, settings, at } = asker;
  if (!standsFor(asker)) return undefined;
  const recorded = recordedFor(subject, requester, at).filter(({ recipient }) => recipient !== undefined);
  if (recorded.some(({ kind }) => kind === 'restriction-agreed')) return undefined;
  const facts = factsOf({ requester, subject, labels: [], organizations: [], refersTo: new Set(), settings, at });
  const has = (fact: Fact) => facts.includes(fact);
  const authority = recorded.some(({ kind }) => kind === 'MH-13');
  if (requester.roles.includes('personal-representative') && REPRESENTATIVE_PURPOSES.has(requester.purpose)) {
    return authority && !AGAINST_ANYONE.some(has) ? 'individual' : undefined;
  }
  if (requester.roles.includes('parent-of-minor') && PARENT_PURPOSES.has(requester.purpose)) {
    return has('minor') && !AGAINST_PARENTS.some(has) ? 'parent-of-minor' : undefined;
  }
  return undefined;
}

/** The record itself says that this person, now, is somebody's: a launch context does not. */
function standsFor({ requester, subject, person, base, at }: AccountingAsker): boolean {
  if (person?.resourceType !== 'RelatedPerson' || `RelatedPerson/${person.id}` !== requester.fhirUser) return false;
  const { active, period, patient } = person;
  const began = period?.start === undefined || Date.parse(period.start) <= Date.parse(at);
  const lasts = period?.end === undefined || Date.parse(period.end) > Date.parse(at);
  const named = typeof patient?.reference === 'string' ? localReference(patient.reference, base) : undefined;
  return active !== false && began && lasts && named !== undefined && named === subject.reference;
}
