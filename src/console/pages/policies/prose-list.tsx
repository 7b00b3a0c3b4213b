/** Policies told in prose, each with its citation; what there are no words for stands there as Cedar. */
import { Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconBan, IconCheck } from '@tabler/icons-react';
import type { DescribedPolicy } from '../../../policy/describe-policy.ts';
import type { PolicyFinding } from '../../../policy/judge-policies.ts';
import { Badge } from '../../components/badge.tsx';
import { CitationLink } from '../../components/citation-link.tsx';
import classes from './policies.module.css';
import { flawWord } from './policy-words.ts';

export interface ProseListProps {
  readonly label: string;
  readonly policies: readonly DescribedPolicy[];
  /** What some of them lack. */
  readonly findings?: readonly PolicyFinding[];
}

export function ProseList({ label, policies, findings = [] }: ProseListProps) {
  return (
    <ul className={classes.policies} aria-label={label}>
      {policies.map((policy) => (
        <Policy key={policy.id} policy={policy} finding={findings.find((one) => one.policy === policy.id)} />
      ))}
    </ul>
  );
}

function Policy({ policy, finding }: { readonly policy: DescribedPolicy; readonly finding: PolicyFinding | undefined }) {
  const { id, title, effect, citation, prose, effective } = policy;
  return (
    <li data-effect={effect} data-policy={id}>
      <Group gap="xs" mb={4}>
        <Badge tone={effect === 'permit' ? 'given' : 'withheld'} icon={effect === 'permit' ? IconCheck : IconBan}>
          {effect === 'permit' ? 'Permits' : 'Forbids'}
        </Badge>
        <Text fw={600} size="sm">
          {title ?? id}
        </Text>
        {title === undefined ? null : (
          <Text size="xs" c="dimmed" ff="monospace">
            {id}
          </Text>
        )}
      </Group>
      <Text size="sm" component="p">
        <Prose text={prose} citation={citation} />
      </Text>
      {effective === undefined ? null : (
        <Text size="xs" c="dimmed">
          In effect since {effective}
        </Text>
      )}
      {finding === undefined ? null : (
        <Text size="sm" component="p" mt={6} className={classes.finding}>
          <IconAlertTriangle size={16} aria-hidden />
          <span>
            <strong>{flawWord(finding.flaw)}.</strong> {finding.message}
          </span>
        </Text>
      )}
    </li>
  );
}

/** The citation becomes a link, Cedar becomes code. */
function Prose({ text, citation }: { readonly text: string; readonly citation: string }) {
  const cited = `citing ${citation}`;
  const at = citation === '' ? -1 : text.indexOf(cited);
  if (at < 0) return <WithCode text={text} />;
  return (
    <>
      <WithCode text={text.slice(0, at)} />
      citing <CitationLink citation={citation} />
      <WithCode text={text.slice(at + cited.length)} />
    </>
  );
}

function WithCode({ text }: { readonly text: string }) {
  return text.split('`').map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text never change places
      <code key={index}>{part}</code>
    ) : (
      part
    ),
  );
}
