/** The law as this gateway enforces it, told in prose: what every set of the organization starts from. */
import { Paper, Text, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { DescribedPolicy } from '../../../policy/describe-policy.ts';
import { useApi } from '../../api/use-api.ts';
import { Announce } from '../../components/announce.tsx';
import { WhenLoaded } from '../../components/states.tsx';
import classes from './policies.module.css';
import { plural } from './policy-words.ts';
import { ProseList } from './prose-list.tsx';

interface Law {
  readonly sets: readonly { readonly name: string; readonly kind: 'law' | 'state'; readonly policies: readonly DescribedPolicy[] }[];
}

const FILES: Readonly<Record<string, string>> = {
  'law/hipaa.cedar': 'HIPAA: mental health and other health information',
  'law/part2.cedar': '42 CFR Part 2: substance use disorder records',
  'law/psychotherapy-notes.cedar': 'HIPAA: psychotherapy notes',
  'law/writes.cedar': 'Writing into the record',
};

export function LawList() {
  const loaded = useApi<Law>('/admin/law');
  const [asked, setAsked] = useState('');
  return (
    <WhenLoaded loaded={loaded} what="the law">
      {({ sets }) => {
        const words = asked.toLowerCase().split(/\s+/);
        const fits = ({ id, title = '', prose }: DescribedPolicy) =>
          words.every((word) => `${id} ${title} ${prose}`.toLowerCase().includes(word));
        const found = sets.flatMap(({ policies }) => policies).filter(fits);
        const files = [...Map.groupBy(found, ({ file }) => file)];
        return (
          <>
            <TextInput
              label="Rules about"
              placeholder="payers, psychotherapy, 164.508 …"
              value={asked}
              onChange={(event) => setAsked(event.currentTarget.value)}
              leftSection={<IconSearch size={16} />}
              maw="24rem"
              mb="md"
            />
            <Announce>{`${plural(found.length, 'rule')}.`}</Announce>
            {files.map(([file, policies]) => (
              <Paper key={file} component="details" p="lg" mb="md" className={classes.law} open={asked.trim() !== ''}>
                <summary>
                  <Title order={2}>{FILES[file] ?? stateName(file)}</Title>
                  <Text size="sm" c="dimmed">
                    {plural(policies.length, 'rule')} in <span className={classes.file}>{file}</span>
                  </Text>
                </summary>
                <ProseList label={FILES[file] ?? file} policies={policies} />
              </Paper>
            ))}
            {files.length === 0 ? <Text c="dimmed">No rule has these words.</Text> : null}
          </>
        );
      }}
    </WhenLoaded>
  );
}

function stateName(file: string): string {
  return `State law: ${file.replace(/^states\/|\.cedar$/g, '')}`;
}
