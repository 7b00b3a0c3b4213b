/** What was in force when, by whom and why, the newest first; none of it can be changed. */
import { Paper, Text, Title } from '@mantine/core';
import { TimeText } from '../../components/time-text.tsx';
import classes from './policies.module.css';
import { type ActivationEntry, doneWords, personNames } from './policy-words.ts';

export function History({ history }: { readonly history: readonly ActivationEntry[] }) {
  return (
    <Paper p="lg" component="section" aria-labelledby="history">
      <Title order={2} id="history" mb="sm">
        What was in force when
      </Title>
      {history.length === 0 ? (
        <Text size="sm" c="dimmed">
          It never was.
        </Text>
      ) : (
        <ol className={classes.plain} reversed>
          {history.toReversed().map((entry) => (
            <li key={`${entry.at} ${entry.policyVersion}`}>
              <Text size="sm" fw={550}>
                {doneWords(entry)}
              </Text>
              <Text size="xs" c="dimmed">
                <TimeText value={entry.at} />, {personNames(entry.by)}
              </Text>
              {entry.reason === undefined ? null : (
                <Text size="sm" className={classes.reason}>
                  {entry.reason}
                </Text>
              )}
            </li>
          ))}
        </ol>
      )}
    </Paper>
  );
}
