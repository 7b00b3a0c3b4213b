/** One event in full: who, why, what was decided about each resource and on which ground, and the AuditEvent itself. */
import { Alert, Button, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconZoomQuestion } from '@tabler/icons-react';
import { OBLIGATION_WORDS } from '../../../policy/policy-words.ts';
import { useMay } from '../../api/session.tsx';
import { useApi } from '../../api/use-api.ts';
import { CopyId } from '../../components/copy-id.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { JsonView } from '../../components/json-view.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { ReferenceText } from '../../components/reference-text.tsx';
import { Empty, WhenLoaded } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { follow } from '../../router/link.tsx';
import { BASE } from '../../router/location.ts';
import type { PageProps } from '../../routes.tsx';
import { inWords, purposeName } from '../../words.ts';
import { DecidedList } from './decided-list.tsx';
import { Outcome, Who } from './event-parts.tsx';
import { whatWasDone } from './event-words.ts';
import { type AuditEventResource, readEvent } from './read-event.ts';

export default function EventPage({ parameters: { id = '' } }: PageProps) {
  const loaded = useApi<AuditEventResource>(`/audit/AuditEvent/${encodeURIComponent(id)}`);
  const mayExplain = useMay()(['policy-admin', 'privacy-officer']);
  const isDecided = loaded.data !== undefined && readEvent(loaded.data).decided.length > 0;
  const title = loaded.data === undefined ? 'Event' : whatWasDone(readEvent(loaded.data));
  return (
    <>
      <PageHeader
        title={title}
        above={{ to: '/log', title: 'Access log' }}
        actions={isDecided && mayExplain ? <ExplainLink id={id} /> : undefined}
      />
      <WhenLoaded loaded={loaded} what="the event">
        {(resource) => {
          const event = readEvent(resource);
          const { recipient, purpose, patient, reason, breakGlassReason, attestations, obligations } = event;
          return (
            <Stack gap="md">
              {breakGlassReason === undefined ? null : (
                <Alert color="yellow" title="The glass was broken" icon={<IconAlertTriangle />}>
                  Reason given: “{breakGlassReason}”
                </Alert>
              )}
              <Paper p="lg">
                <Facts>
                  <Fact name="When">
                    <TimeText value={event.recorded} />
                  </Fact>
                  <Fact name="Who">
                    <Who event={event} />
                  </Fact>
                  <Fact name="Person">{idOf(event.person)}</Fact>
                  <Fact name="As">{recipient === undefined ? undefined : inWords(recipient)}</Fact>
                  <Fact name="Purpose of use">{purpose === undefined ? undefined : `${purposeName(purpose)} (${purpose})`}</Fact>
                  <Fact name="Patient">{patient === undefined ? undefined : <ReferenceText reference={patient} />}</Fact>
                  <Fact name="Outcome">
                    <Outcome event={event} />
                  </Fact>
                  <Fact name="Told the caller">{reason === undefined ? undefined : inWords(reason)}</Fact>
                  <Fact name="Asked for">{idOf(event.query)}</Fact>
                  <Fact name="Application">{event.client}</Fact>
                  <Fact name="From">{event.address}</Fact>
                  <Fact name="Attestations">
                    {attestations.map(({ kind, text }) => `${kind}${text === '' ? '' : `: ${text}`}`).join('; ')}
                  </Fact>
                  <Fact name="Obligations">
                    {obligations.map((code) => `${OBLIGATION_WORDS.get(code) ?? inWords(code)} (${code})`).join('; ')}
                  </Fact>
                  <Fact name="Policy in force">{idOf(event.policyVersion)}</Fact>
                  <Fact name="Request">{idOf(event.requestId)}</Fact>
                  <Fact name="Trace">{idOf(event.traceId)}</Fact>
                  <Fact name="Event">{idOf(event.id)}</Fact>
                </Facts>
              </Paper>
              <Paper p="lg" component="section" aria-labelledby="decided">
                <Title order={2} id="decided" mb="sm">
                  What was decided
                </Title>
                {event.decided.length === 0 ? (
                  <Empty title="Nothing was decided about a record here" />
                ) : (
                  <DecidedList resources={event.decided} />
                )}
              </Paper>
              <Paper p="lg" component="section" aria-labelledby="resource">
                <Title order={2} id="resource" mb={4}>
                  The AuditEvent
                </Title>
                <Text size="sm" c="dimmed" mb="sm">
                  As the API gives it (FHIR R4, IHE BALP 1.1).
                </Text>
                <JsonView value={resource} label="AuditEvent as JSON" />
              </Paper>
            </Stack>
          );
        }}
      </WhenLoaded>
    </>
  );
}

function ExplainLink({ id }: { readonly id: string }) {
  const to = `/explain?${new URLSearchParams({ event: id })}`;
  return (
    <Button
      component="a"
      variant="default"
      href={`${BASE}${to}`}
      onClick={(event) => follow(event, to)}
      leftSection={<IconZoomQuestion size={16} />}
    >
      Explain
    </Button>
  );
}

function idOf(value: string | undefined) {
  return value === undefined ? undefined : <CopyId value={value} />;
}
