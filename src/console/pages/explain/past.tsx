/** A decision as it was made then: its event, what was decided about each record, and why, under the policy of that time. */
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCheck, IconColumns, IconHistory, IconX } from '@tabler/icons-react';
import { useId } from 'react';
import type { PastExplanation } from '../../../decide/explanation.ts';
import { useMay } from '../../api/session.tsx';
import { Badge } from '../../components/badge.tsx';
import { CitationLink } from '../../components/citation-link.tsx';
import { CopyId } from '../../components/copy-id.tsx';
import { EffectBadge } from '../../components/effect-badge.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { LabelBadge } from '../../components/label-badge.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { follow, Link } from '../../router/link.tsx';
import { BASE } from '../../router/location.ts';
import { inWords, purposeName, recipientName } from '../../words.ts';
import { requestWords } from '../log/event-words.ts';
import { Asked } from './asked.tsx';
import classes from './explain.module.css';
import { PastSides, type PastSidesProps } from './past-sides.tsx';
import { addressOf, askedAgain } from './question.ts';
import { Ruling } from './trace-parts.tsx';
import type { AttestationChoice } from './use-choices.ts';

export interface PastProps {
  readonly past: PastExplanation;
  /** Of the requester, as a heading has it. */
  readonly name: string;
  readonly attestations: readonly AttestationChoice[];
}

export function Past({ past, name, attestations }: PastProps) {
  const { event, decisions, policyVersion, sets } = past;
  const readsLog = useMay()(['auditor', 'privacy-officer']);
  return (
    <Stack gap="md">
      <Paper p="lg">
        <Facts>
          <Fact name="When">
            <TimeText value={event.recordedAt} />
          </Fact>
          <Fact name="Who">{`${name}${event.roles.length === 0 ? '' : ` (${event.roles.map((role) => inWords(role).toLowerCase()).join(', ')})`}`}</Fact>
          <Fact name="As">{event.recipient === undefined ? undefined : recipientName(event.recipient)}</Fact>
          <Fact name="Purpose of use">{event.purpose === undefined ? undefined : `${purposeName(event.purpose)} (${event.purpose})`}</Fact>
          <Fact name="What was done">{requestWords(event.interaction, event.target)}</Fact>
          <Fact name="Broke the glass">{event.breakGlassReason}</Fact>
          <Fact name="Policy then">
            <CopyId value={policyVersion}>{policyVersion.slice(0, 12)}</CopyId>
            {sets.length === 0 ? '' : ` with ${sets.map((set) => `${set.name} version ${set.version}`).join(', ')}`}
          </Fact>
          <Fact name="Event">
            {readsLog ? (
              <CopyId value={event.id}>
                <Link to={`/log/${event.id}`} inherit>
                  {event.id}
                </Link>
              </CopyId>
            ) : (
              <CopyId value={event.id} />
            )}
          </Fact>
        </Facts>
      </Paper>
      {decisions.map((decision) => (
        <Decided
          key={JSON.stringify([decision.references, decision.effect])}
          decision={decision}
          event={event}
          name={name}
          attestations={attestations}
        />
      ))}
    </Stack>
  );
}

function Decided({ decision, event, name, attestations }: PastSidesProps) {
  const [open, { toggle }] = useDisclosure();
  const sides = useId();
  const { references, effect, labels, basis, questions, identical } = decision;
  const again = askedAgain(event);
  const [first = ''] = references;
  const address = addressOf(again(first));
  return (
    <Paper p="lg" component="section" aria-label={`What was decided about ${references.join(', ')}`}>
      <Group justify="space-between" align="flex-start" mb="md">
        <div>
          <Group gap="xs" mb={4}>
            <EffectBadge effect={effect} />
            {labels.map((code) => (
              <LabelBadge key={code} code={code} />
            ))}
            {identical ? (
              <Badge tone="quiet" icon={IconCheck}>
                The same when asked again
              </Badge>
            ) : (
              <Badge tone="withheld" icon={IconX}>
                Another answer when asked again
              </Badge>
            )}
          </Group>
          <Title order={2} className={classes.references}>
            {references.slice(0, 3).join(', ')}
            {references.length > 3 ? ` and ${references.length - 3} more` : ''}
          </Title>
        </div>
        {event.roles.length === 0 ? null : (
          <Group gap="xs" className="no-print">
            <Button
              variant={open ? 'light' : 'default'}
              onClick={toggle}
              aria-expanded={open}
              aria-controls={sides}
              leftSection={<IconColumns size={16} />}
            >
              Side by side
            </Button>
            <Button
              component="a"
              variant="default"
              href={`${BASE}${address}`}
              onClick={(click) => follow(click, address)}
              leftSection={<IconHistory size={16} />}
            >
              As of today
            </Button>
          </Group>
        )}
      </Group>
      <ol className={classes.steps}>
        <Asked
          questions={questions}
          grounds={basis.flatMap(({ kind, id, citation = '', effect: says }) =>
            kind === 'policy' ? [{ policy: id, citation, effect: says }] : [],
          )}
        />
      </ol>
      {basis.length === 0 ? null : (
        <>
          <Title order={3} mt="sm" mb={4}>
            What the log has as its grounds
          </Title>
          <ul className={classes.rows}>
            {basis.map(({ kind, id, citation, effect: says }) => (
              <Ruling key={`${kind} ${id} ${says}`} permits={says === 'permit'} word={says === 'permit' ? 'Permits' : 'Denies'}>
                {`${kind === 'consent' ? 'consent' : 'rule'} ${id}`}
                {citation === undefined ? null : (
                  <Text span size="xs" c="dimmed">
                    {' '}
                    <CitationLink citation={citation} />
                  </Text>
                )}
              </Ruling>
            ))}
          </ul>
        </>
      )}
      <div id={sides}>{open ? <PastSides decision={decision} event={event} name={name} attestations={attestations} /> : null}</div>
    </Paper>
  );
}
