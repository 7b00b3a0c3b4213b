/** One review: what happened, what was said, and what somebody decides about it. */
import { Blockquote, Grid, Paper, Stack, Text, Title } from '@mantine/core';
import type { WholeReview } from '../../../gateway/admin-reviews.ts';
import { useApi } from '../../api/use-api.ts';
import { CitationLink } from '../../components/citation-link.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { ReferenceText } from '../../components/reference-text.tsx';
import { WhenLoaded } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { Link } from '../../router/link.tsx';
import type { PageProps } from '../../routes.tsx';
import { purposeName } from '../../words.ts';
import { AttestedList } from './attested.tsx';
import { CommentForm, ReviewActs, type ReviewActsProps } from './review-acts.tsx';
import { kindName, questionOf } from './review-kinds.ts';
import { Person, ReviewState } from './review-state.tsx';

export default function ReviewPage({ parameters: { id = '' } }: PageProps) {
  const loaded = useApi<WholeReview>(`/admin/reviews/${encodeURIComponent(id)}`);
  return (
    <>
      <PageHeader
        title={loaded.data === undefined ? 'Review' : kindName(loaded.data.kind)}
        above={{ to: '/reviews', title: 'Reviews' }}
        description={loaded.data === undefined ? undefined : questionOf(loaded.data.kind)}
      />
      <WhenLoaded loaded={loaded} what="the review">
        {(review) => (
          <Grid gap="md">
            <Grid.Col span={{ base: 12, md: 7 }}>
              <Stack gap="md">
                <What review={review} />
                <Comments review={review} etag={loaded.etag} onDone={loaded.reload} />
              </Stack>
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <ReviewActs review={review} etag={loaded.etag} onDone={loaded.reload} />
            </Grid.Col>
          </Grid>
        )}
      </WhenLoaded>
    </>
  );
}

function What({ review }: { readonly review: WholeReview }) {
  const { reason, subject, reference, requester, purpose, event, alert, assignedTo, closedAt, closedBy, note, attested } = review;
  const who = requester ?? alert?.requester;
  return (
    <Paper p="lg" component="section" aria-labelledby="what">
      <Title order={2} id="what" mb="sm">
        What happened
      </Title>
      {reason === undefined ? null : (
        <Blockquote p="md" mb="md" cite="The reason that was given" color="yellow">
          {reason}
        </Blockquote>
      )}
      {alert === undefined ? null : (
        <Text mb="md">
          {alert.text} <CitationLink citation={alert.citation} />
        </Text>
      )}
      <Facts>
        <Fact name="State">
          <ReviewState review={review} />
        </Fact>
        <Fact name="Opened">
          <TimeText value={review.openedAt} />
        </Fact>
        <Fact name="Who">{who === undefined ? undefined : <Person of={who} />}</Fact>
        <Fact name="Purpose">{purpose === undefined ? undefined : purposeName(purpose)}</Fact>
        <Fact name="Patient">{subject === undefined ? undefined : <ReferenceText reference={subject} />}</Fact>
        <Fact name="Resource">{reference === undefined ? undefined : <ReferenceText reference={reference} />}</Fact>
        <Fact name="Event">{event === undefined ? undefined : <Link to={`/log/${event}`}>In the access log</Link>}</Fact>
        <Fact name="The decision">
          {event === undefined ? undefined : <Link to={`/explain?${new URLSearchParams({ event })}`}>Explained</Link>}
        </Fact>
        <Fact name="Assigned to">{assignedTo === undefined ? 'nobody' : <Person of={assignedTo} />}</Fact>
        <Fact name="Closed">{closedAt === undefined ? undefined : <TimeText value={closedAt} />}</Fact>
        <Fact name="Closed by">{closedBy === undefined ? undefined : <Person of={closedBy} />}</Fact>
        <Fact name="Finding">{note}</Fact>
      </Facts>
      {attested === undefined ? null : <AttestedList attested={attested} />}
    </Paper>
  );
}

function Comments({ review, etag, onDone }: ReviewActsProps) {
  const { comments } = review;
  return (
    <Paper p="lg" component="section" aria-labelledby="comments">
      <Title order={2} id="comments" mb="sm">
        Comments
      </Title>
      {comments.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing was said yet.
        </Text>
      ) : (
        <Stack gap="md">
          {comments.map(({ by, at, text }) => (
            <div key={`${at} ${by} ${text}`}>
              <Text size="sm" component="div">
                <strong>
                  <Person of={by} />
                </strong>{' '}
                <Text span size="sm" c="dimmed">
                  <TimeText value={at} as="ago" />
                </Text>
              </Text>
              <Text>{text}</Text>
            </div>
          ))}
        </Stack>
      )}
      <CommentForm review={review} etag={etag} onDone={onDone} />
    </Paper>
  );
}
