/** What can be done with an open review: take it, hand it on, say something, close it with an outcome and why. */
import { Button, Group, Paper, Radio, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useState } from 'react';
import { outcomesOf } from '../../../audit/review-outcomes.ts';
import type { WholeReview } from '../../../gateway/admin-reviews.ts';
import { ApiProblem, api } from '../../api/client.ts';
import { usePerson } from '../../api/session.tsx';
import { Failed } from '../../components/states.tsx';
import { outcomeName } from './review-kinds.ts';

export interface ReviewActsProps {
  readonly review: WholeReview;
  /** Of the state in view: somebody else's act meanwhile is noticed. */
  readonly etag: string | undefined;
  readonly onDone: () => void;
}

/** One act at a time, upon the state in view. */
function useActs({ review, etag, onDone }: ReviewActsProps) {
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState<string>();
  const act = async (name: 'assign' | 'comment' | 'close', body: unknown, told: string): Promise<boolean> => {
    setBusy(name);
    setProblem(undefined);
    try {
      await api(`/admin/reviews/${review.id}/${name}`, { method: 'POST', body, ...(etag === undefined ? {} : { ifMatch: etag }) });
      notifications.show({ message: told, color: 'teal' });
      onDone();
      return true;
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem(0, 'network', 'The gateway does not answer.'));
      return false;
    } finally {
      setBusy(undefined);
    }
  };
  return { act, busy, told: problem === undefined ? null : <Failed problem={problem} retry={onDone} /> };
}

/** What was written stays where it was not taken. */
function submit(send: (form: FormData) => Promise<boolean>) {
  return async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (await send(new FormData(form))) form.reset();
  };
}

const text = (form: FormData, name: string) => String(form.get(name) ?? '').trim();

export function CommentForm(props: ReviewActsProps) {
  const { act, busy, told } = useActs(props);
  return (
    <form onSubmit={submit((form) => act('comment', { text: text(form, 'text') }, 'Your comment is there.'))}>
      {told}
      <Textarea name="text" label="Comment" required maxLength={2000} autosize minRows={2} mt="md" />
      <Button type="submit" variant="default" mt="sm" loading={busy === 'comment'}>
        Comment
      </Button>
    </form>
  );
}

export function ReviewActs(props: ReviewActsProps) {
  const { review } = props;
  const { id: me } = usePerson();
  const { act, busy, told } = useActs(props);
  return (
    <Stack gap="md">
      {told}
      {review.state === 'closed' ? null : (
        <>
          <Paper
            p="lg"
            component="form"
            aria-labelledby="close"
            onSubmit={submit((form) => act('close', { outcome: text(form, 'outcome'), note: text(form, 'note') }, 'The review is closed.'))}
          >
            <Title order={2} id="close" mb="sm">
              Decide
            </Title>
            <Radio.Group name="outcome" label="Outcome" required>
              <Stack gap={6} mt={4}>
                {outcomesOf(review.kind).map((outcome) => (
                  <Radio key={outcome} value={outcome} label={outcomeName(outcome)} required />
                ))}
              </Stack>
            </Radio.Group>
            <Textarea
              name="note"
              label="Why"
              description="Kept with the review, and read by auditors."
              required
              maxLength={2000}
              autosize
              minRows={3}
              mt="sm"
            />
            <Button type="submit" mt="sm" loading={busy === 'close'}>
              Close the review
            </Button>
          </Paper>
          <Paper p="lg" component="form" onSubmit={submit((form) => act('assign', { assignee: text(form, 'assignee') }, 'Assigned.'))}>
            <TextInput
              name="assignee"
              label="Hand on to"
              description="The id that the colleague signs in with."
              required
              maxLength={255}
              autoComplete="off"
            />
            <Group mt="sm" gap="xs">
              <Button type="submit" variant="default" loading={busy === 'assign'}>
                Assign
              </Button>
              {review.assignedTo === me ? (
                <Text size="sm" c="dimmed">
                  It is yours.
                </Text>
              ) : (
                <Button variant="light" onClick={() => act('assign', { assignee: me }, 'It is yours now.')} disabled={busy !== undefined}>
                  Take it
                </Button>
              )}
            </Group>
          </Paper>
        </>
      )}
    </Stack>
  );
}
