/** Policies of a set that do nothing, or fail: told before anybody relies on them. */
import { Alert, Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { PoliciesJudgement } from '../../../policy/judge-policies.ts';
import { Notice } from './notice.tsx';
import { flawWord, plural } from './policy-words.ts';

export function Findings({ effects: { findings, unjudged } }: { readonly effects: PoliciesJudgement }) {
  if (findings.length === 0 && unjudged.length === 0) {
    return (
      <Alert color="teal" variant="light" icon={<IconCheck />}>
        Each policy of the set does something that nothing else does.
      </Alert>
    );
  }
  return (
    <Notice
      icon={<IconAlertTriangle />}
      title={
        findings.length === 0 ? 'Not everything could be looked at in time' : `${plural(findings.length, 'policy', 'policies')} to look at`
      }
    >
      <ul>
        {findings.map(({ policy, flaw, message }) => (
          <li key={policy}>
            <strong>{policy}</strong>, {flawWord(flaw).toLowerCase()}: {message}
          </li>
        ))}
      </ul>
      {unjudged.length === 0 ? null : <Text size="sm">There was no time for: {unjudged.join(', ')}.</Text>}
    </Notice>
  );
}
