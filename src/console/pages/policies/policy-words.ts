/** Acts, findings and effects of policies in words, and what the API answers as this page reads it. */
import type { ActivationEntry, ActKind, PendingAct, PolicySetState, PolicySetVersion } from '../../../adapters/policy-store-rows.ts';
import type { DescribedPolicy } from '../../../policy/describe-policy.ts';
import type { Flaw } from '../../../policy/judge-policy.ts';
import type { Standing } from '../../../policy/standing-on.ts';

export type { ActivationEntry, ActKind, PendingAct, PolicySetVersion };

export interface ListedSet extends PolicySetState {
  readonly title?: string;
  readonly effective?: PolicySetVersion['effective'];
  readonly standing?: Standing;
  readonly lastAct?: ActivationEntry;
  /** Of a code set. */
  readonly labels?: readonly string[];
  readonly codes?: number;
}

export interface SetList {
  readonly sets: readonly ListedSet[];
  readonly twoPersons: boolean;
}

/** One version, as it is read. */
export interface ReadVersion extends PolicySetVersion {
  readonly policies: readonly DescribedPolicy[];
}

export const setPath = (name: string): string => `/policies/sets/${name}`;
export const codeSetPath = (name: string): string => `/policies/code-sets/${name}`;

const FLAWS: Readonly<Record<Flaw | 'duplicate', string>> = {
  'never-matches': 'Never matches',
  'law-denies': 'Idle: the law denies',
  'law-mandates': 'Idle: the law mandates',
  shadowed: 'Covered by others',
  duplicate: 'Said twice',
  fails: 'Fails',
};

export function flawWord(flaw: Flaw | 'duplicate'): string {
  return FLAWS[flaw];
}

/** The act that was the last to change what is in force. */
export function lastActOf(history: readonly ActivationEntry[]): ActivationEntry | undefined {
  return history.findLast(({ kind }) => kind !== 'withdraw');
}

/** What an act comes to: `put version 2 in force`. */
export function actWords({ kind, version }: Pick<PendingAct, 'kind' | 'version'>): string {
  if (kind === 'deactivate') return 'take the set out of force';
  if (kind === 'activate') return `put version ${version} in force`;
  return version === undefined ? 'roll back to no version in force' : `roll back to version ${version}`;
}

export function doneWords({ kind, version, withdrawn }: Pick<ActivationEntry, 'kind' | 'version' | 'withdrawn'>): string {
  if (withdrawn !== undefined) return `Withdrawn: to ${actWords(withdrawn)}, as ${personName(withdrawn.by)} had asked`;
  if (kind === 'seed') return `Version ${version} in force, by the configuration`;
  if (kind === 'deactivate') return 'Taken out of force';
  if (kind === 'activate') return `Version ${version} put in force`;
  return version === undefined ? 'Rolled back: no version in force' : `Rolled back to version ${version}`;
}

/** Of `issuer|id` the id. */
export function personName(person: string): string {
  return person.split('|').at(-1) ?? person;
}

export function personNames(people: readonly string[]): string {
  return people.map(personName).join(' and ');
}

/** `from 2026-01-01 until 2026-12-31`. */
export function daysWords({ from, until }: PolicySetVersion['effective']): string {
  if (from === undefined && until === undefined) return 'Any day';
  return [from === undefined ? '' : `from ${from}`, until === undefined ? '' : `until ${until}`].filter((part) => part !== '').join(' ');
}

/** Whether a roll-back has something to go back to: as src/adapters/versioned-sets.ts counts it. */
export function canRollBack(history: readonly ActivationEntry[]): boolean {
  return history.reduce((steps, { kind }) => steps + (kind === 'rollback' ? -1 : kind === 'withdraw' ? 0 : 1), 0) > 0;
}

export { plural } from '../../words.ts';
