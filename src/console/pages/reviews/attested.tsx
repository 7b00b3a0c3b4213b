/** What was attested for an access that somebody answers for: in whose words, which sentence that person stood for, on which paper. */
import { Blockquote, Stack, Text, Title } from '@mantine/core';
import type { WholeReview } from '../../../gateway/admin-reviews.ts';
import { CitationLink } from '../../components/citation-link.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { Person } from './review-state.tsx';

type Attested = NonNullable<WholeReview['attested']>[number];

export function AttestedList({ attested }: { readonly attested: readonly Attested[] }) {
  return (
    <section aria-labelledby="attested">
      <Title order={3} id="attested" mt="lg" mb="xs">
        What was attested for it
      </Title>
      {attested.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing: neither with the request nor beforehand.
        </Text>
      ) : (
        <Stack component="ul" gap="lg" p={0} m={0} style={{ listStyle: 'none' }}>
          {attested.map((one) => (
            <li key={`${one.kind} ${one.at} ${one.by} ${one.text}`}>
              <One attested={one} />
            </li>
          ))}
        </Stack>
      )}
    </section>
  );
}

function One({ attested }: { readonly attested: Attested }) {
  const { kind, title, citation, wording, text, document, until } = attested;
  return (
    <>
      <Text>
        <strong>{title ?? kind}</strong> ({kind}
        {citation === undefined ? null : (
          <>
            , <CitationLink citation={citation} />
          </>
        )}
        )
      </Text>
      {text === undefined ? null : (
        <Blockquote p="md" my="sm" cite="The requester’s own words" color="yellow">
          {text}
        </Blockquote>
      )}
      {wording === undefined ? null : <Text size="sm">The sentence that is stood for: “{wording}”</Text>}
      <Text size="sm" c="dimmed" mt={4}>
        <HowMade attested={attested} />
        {document === undefined ? '' : `, on paper: ${document}`}
        {until === undefined ? null : (
          <>
            , until <TimeText value={until} />
          </>
        )}
        .
      </Text>
    </>
  );
}

function HowMade({ attested: { made, by, at } }: { readonly attested: Attested }) {
  const who =
    by === undefined ? null : (
      <>
        {' by '}
        <Person of={by} />
      </>
    );
  if (made === 'request') return <>Made with the request{who}</>;
  return (
    <>
      Recorded beforehand{who}, <TimeText value={at} />
    </>
  );
}
