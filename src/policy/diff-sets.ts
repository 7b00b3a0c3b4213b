/** What differs between two versions of a policy set, policy by policy: order, comments and files do not decide anything. */
import type { PolicySet, PolicyStatement } from './policy-set.ts';

export interface PolicyChange {
  readonly policy: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Cedar, as written. */
  readonly before?: string;
  readonly after?: string;
}

export function diffSets(before: PolicySet, after: PolicySet): readonly PolicyChange[] {
  const [old, young] = [before, after].map(({ statements }) => new Map(statements.map((statement) => [statement.id, statement])));
  const ids = [...new Set([...(old?.keys() ?? []), ...(young?.keys() ?? [])])].sort();
  return ids.flatMap((id) => changeOf(id, old?.get(id), young?.get(id)));
}

function changeOf(policy: string, before: PolicyStatement | undefined, after: PolicyStatement | undefined): readonly PolicyChange[] {
  if (before === undefined) return after === undefined ? [] : [{ policy, change: 'added', after: after.text }];
  if (after === undefined) return [{ policy, change: 'removed', before: before.text }];
  return before.text === after.text ? [] : [{ policy, change: 'changed', before: before.text, after: after.text }];
}
