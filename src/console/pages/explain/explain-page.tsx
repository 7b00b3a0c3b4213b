/**
 * Why somebody may or may not see something: a person, a purpose and a record, or a decision of the log; the record beside what they
 * get of it, why, and the smallest change that would turn it. The address has all of it but a record that was pasted.
 */
import { Alert, Button, Group, Paper, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { IconBan, IconHistory, IconPencil, IconZoomQuestion } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { Explanation, PastExplanation, RefusedExplanation } from '../../../decide/explanation.ts';
import { useMay } from '../../api/session.tsx';
import { Announce } from '../../components/announce.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Empty, WhenLoaded } from '../../components/states.tsx';
import { Link } from '../../router/link.tsx';
import { navigate, useSearch } from '../../router/location.ts';
import { inWords } from '../../words.ts';
import { ExplainForm } from './explain-form.tsx';
import { purposeWords, shownEffect } from './explain-words.ts';
import { Headline, Verdict } from './headline.tsx';
import { Past } from './past.tsx';
import { addressOf, bodyOf, isComplete, problemOfJson, type Question, readQuestion } from './question.ts';
import { SideBySide } from './side-by-side.tsx';
import { Suggestions } from './suggestions.tsx';
import { Trace } from './trace.tsx';
import { type Choices, useChoices } from './use-choices.ts';
import { useExplanation } from './use-explanation.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export default function ExplainPage() {
  const [search] = useSearch();
  const choices = useChoices();
  const ofLog = search.has('event');
  return (
    <>
      <PageHeader
        title="Explain"
        description="Why somebody may see a record, or a part of it, or nothing, and what would change that. Nothing is disclosed by asking; the log notes that you asked."
      />
      <WhenLoaded loaded={choices} what="the choices">
        {(known) => (ofLog ? <Then search={search} choices={known} /> : <Now search={search} choices={known} />)}
      </WhenLoaded>
    </>
  );
}

/** As of today, or a decision of the log; at the right, what can be done. */
function Modes({ ofLog, children }: { readonly ofLog: boolean; readonly children?: ReactNode }) {
  return (
    <Group justify="space-between" mb="md" className="no-print">
      <SegmentedControl
        aria-label="What to explain"
        data={[
          { value: 'now', label: 'As of today' },
          { value: 'then', label: 'A past decision' },
        ]}
        value={ofLog ? 'then' : 'now'}
        onChange={(value) => navigate(value === 'then' ? '/explain?event=' : '/explain')}
      />
      {children}
    </Group>
  );
}

interface ViewProps {
  readonly search: URLSearchParams;
  readonly choices: Choices;
}

function Now({ search, choices }: ViewProps) {
  const question = readQuestion(search);
  const [pasted, setPasted] = useState('');
  const lost = question.pasted && problemOfJson(pasted) !== undefined;
  const body = isComplete(question) && !lost ? bodyOf(question, pasted) : undefined;
  const loaded = useExplanation<Explanation | RefusedExplanation>(body);
  const [editing, setEditing] = useState(false);
  const [askedHere, setAskedHere] = useState(false);
  const told = body !== undefined && !editing && loaded.problem === undefined;
  const ask = (asked: Question, json: string) => {
    setPasted(json);
    setEditing(false);
    setAskedHere(true);
    const address = addressOf(asked);
    if (address === addressOf(question) && json === pasted) loaded.reload();
    else navigate(address);
  };
  return (
    <>
      <Modes ofLog={false}>
        {told ? (
          <Button variant="default" leftSection={<IconPencil size={16} />} onClick={() => setEditing(true)}>
            Change the question
          </Button>
        ) : null}
      </Modes>
      {told ? null : <ExplainForm key={search.toString()} question={question} choices={choices} pasted={pasted} onAsk={ask} />}
      {body === undefined ? (
        <Nothing lost={lost && isComplete(question)} />
      ) : (
        <WhenLoaded loaded={loaded} what="the decision, and what would change it">
          {(answer) => <Told told={answer} question={question} choices={choices} focus={askedHere} />}
        </WhenLoaded>
      )}
    </>
  );
}

function Nothing({ lost }: { readonly lost: boolean }) {
  return lost ? (
    <Alert color="gray" icon={<IconZoomQuestion />} title="The record is not here any more">
      A record that is pasted is not kept. Paste it again, and press Explain.
    </Alert>
  ) : (
    <Paper>
      <Empty title="Nothing asked yet">Choose who asks, for what, and a record.</Empty>
    </Paper>
  );
}

interface ToldProps {
  readonly told: Explanation | RefusedExplanation;
  readonly question: Question;
  readonly choices: Choices;
  /** Somebody has just asked here. */
  readonly focus: boolean;
}

function Told({ told, question, choices, focus }: ToldProps) {
  const name = nameOf(question.who, question.person, question.roles, choices);
  if (told.effect === 'refused') {
    const { reason, text, detail } = told as RefusedExplanation;
    return (
      <Verdict effect="refused" title={`${name} for ${purposeWords(question.purpose)}`} focus={focus}>
        <Text>
          Before any record is looked at: {text} {detail === undefined ? '' : `(${detail})`}
        </Text>
        <Text size="sm" c="dimmed">
          <IconBan size={14} aria-hidden /> {inWords(reason)}
        </Text>
      </Verdict>
    );
  }
  const explanation = told as Explanation;
  const { sides } = explanation;
  return (
    <Stack gap="md">
      <Announce>{`Explained: ${shownEffect(explanation)}.`}</Announce>
      <Headline explanation={explanation} question={question} name={name} focus={focus} />
      {sides === undefined ? null : <SideBySide explanation={explanation} sides={sides} name={name} />}
      <Suggestions explanation={explanation} question={question} attestations={choices.attestations} />
      <Trace explanation={explanation} />
    </Stack>
  );
}

function Then({ search, choices }: ViewProps) {
  const event = search.get('event') ?? '';
  const reference = search.get('reference') ?? '';
  const readsLog = useMay()(['auditor', 'privacy-officer']);
  const [problem, setProblem] = useState<string>();
  const asked = UUID.test(event);
  const loaded = useExplanation<PastExplanation>(asked ? JSON.stringify({ event, ...(reference === '' ? {} : { reference }) }) : undefined);
  const submit = (submitted: FormEvent<HTMLFormElement>) => {
    submitted.preventDefault();
    const form = new FormData(submitted.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    setProblem(UUID.test(text('event')) ? undefined : 'The id of an event of the log, 36 letters long.');
    if (!UUID.test(text('event'))) return;
    navigate(
      `/explain?${new URLSearchParams({ event: text('event'), ...(text('reference') === '' ? {} : { reference: text('reference') }) })}`,
    );
  };
  return (
    <>
      <Modes ofLog />
      <Paper
        component="form"
        aria-label="Which decision"
        p="lg"
        mb="lg"
        onSubmit={submit}
        noValidate
        key={search.toString()}
        className="no-print"
      >
        <Group align="flex-start" gap="sm">
          <TextInput
            name="event"
            label="Event of the log"
            defaultValue={event}
            error={problem}
            placeholder="its id"
            autoComplete="off"
            spellCheck={false}
            flex="1 1 20rem"
          />
          <TextInput
            name="reference"
            label="One record of it"
            defaultValue={reference}
            placeholder="all of them"
            autoComplete="off"
            spellCheck={false}
            flex="1 1 14rem"
          />
          <Button type="submit" mt={26} leftSection={<IconHistory size={16} />}>
            Explain
          </Button>
        </Group>
      </Paper>
      {asked ? (
        <WhenLoaded loaded={loaded} what="the decision as it was">
          {(past) => (
            <Past
              past={past}
              name={nameOf(past.event.requester ?? '', past.event.fhirUser ?? '', past.event.roles, choices)}
              attestations={choices.attestations}
            />
          )}
        </WhenLoaded>
      ) : (
        <Paper>
          <Empty title="No decision chosen">
            {readsLog ? (
              <>
                Open an event of the{' '}
                <Link to="/log" inherit underline="always">
                  access log
                </Link>{' '}
                and press Explain, or enter its id.
              </>
            ) : (
              'Enter the id of an event. Auditors and privacy officers find it in the access log; a preview of a policy set has it, too.'
            )}
          </Empty>
        </Paper>
      )}
    </>
  );
}

function nameOf(who: string, person: string, roles: readonly string[], { requesters }: Choices): string {
  const known = requesters.find((one) => (who === '' ? person !== '' : one.id === who) && (person === '' || one.fhirUser === person));
  const [role = 'somebody'] = roles;
  return known?.name ?? (who !== '' ? who : person !== '' ? person : inWords(role));
}
