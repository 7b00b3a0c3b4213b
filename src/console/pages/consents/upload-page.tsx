/**
 * Uploading consents: judged first, with nothing written; then, once somebody has read what it would do, written to the record.
 * What was judged is what is written: any change to the text has to be judged anew.
 */
import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { ApiProblem, api } from '../../api/client.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { ReferenceText } from '../../components/reference-text.tsx';
import { Failed } from '../../components/states.tsx';
import { follow } from '../../router/link.tsx';
import { BASE, useSearch } from '../../router/location.ts';
import { patientReference, plural } from './consent-words.ts';
import { consentsOf } from './patient-chooser.tsx';
import { UploadFindings } from './upload-findings.tsx';
import { UploadForm } from './upload-form.tsx';
import { type Judged, WriteDialog, type Written } from './write-dialog.tsx';

type Step =
  | { readonly at: 'choosing' | 'judging' }
  | { readonly at: 'judged'; readonly judged: Judged }
  | { readonly at: 'refused'; readonly problem: ApiProblem }
  | { readonly at: 'written'; readonly written: Written };

export default function UploadPage() {
  const [search] = useSearch();
  const expected = patientReference(search.get('patient') ?? '');
  const [text, setText] = useState('');
  const [step, setStep] = useState<Step>({ at: 'choosing' });
  const [confirming, setConfirming] = useState(false);
  const change = (next: string) => {
    setText(next);
    setStep({ at: 'choosing' });
  };
  const judge = async () => {
    setStep({ at: 'judging' });
    try {
      const { data } = await api<Judged>('/admin/consents?dryRun=true', { method: 'POST', text });
      setStep({ at: 'judged', judged: data });
    } catch (error) {
      setStep({ at: 'refused', problem: problemOf(error) });
    }
  };
  return (
    <>
      <PageHeader
        title="Upload a consent"
        above={{ to: expected === undefined ? '/consents' : consentsOf(expected), title: expected ?? 'Consents' }}
        description="What the patient signed, as FHIR. It is looked through first, and nothing is written until you say so."
      />
      <Stack gap="md">
        {step.at === 'written' ? (
          <WrittenNote written={step.written} onMore={() => change('')} />
        ) : (
          <UploadForm text={text} onChange={change} onJudge={judge} busy={step.at === 'judging'} />
        )}
        {step.at === 'refused' ? <Failed problem={step.problem} /> : null}
        {step.at === 'judged' ? (
          <>
            <UploadFindings judged={step.judged} {...(expected === undefined ? {} : { expected })} />
            <Write judged={step.judged} onWrite={() => setConfirming(true)} />
            <WriteDialog
              opened={confirming}
              text={text}
              judged={step.judged}
              onClose={() => setConfirming(false)}
              onWritten={(written) => {
                setConfirming(false);
                setStep({ at: 'written', written });
              }}
              onRefused={(problem) => {
                setConfirming(false);
                setStep({ at: 'refused', problem });
              }}
            />
          </>
        ) : null}
      </Stack>
    </>
  );
}

/** Only what is sound, and says something that the record does not say yet. */
function Write({ judged: { valid, consents }, onWrite }: { readonly judged: Judged; readonly onWrite: () => void }) {
  if (!valid) return null;
  if (consents.every(({ action }) => action === 'unchanged'))
    return <Text>The record says all of this already: there is nothing to write.</Text>;
  return (
    <Group justify="flex-end">
      <Button size="md" onClick={onWrite} aria-haspopup="dialog">
        Write to the record…
      </Button>
    </Group>
  );
}

function WrittenNote({ written: { patient, written, consents }, onMore }: { readonly written: Written; readonly onMore: () => void }) {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const focusing = setTimeout(() => note.current?.focus(), 50);
    return () => clearTimeout(focusing);
  }, []);
  return (
    <>
      <Alert color="teal" icon={<IconCheck />} title="It is on the record, and in force" ref={note} tabIndex={-1} role="status">
        {written.length === 0 ? 'The record said all of it already.' : `${plural(written.length, 'resource')} written, all or nothing.`}
      </Alert>
      <Paper p="lg" component="section" aria-labelledby="written">
        <Title order={2} id="written" mb="sm">
          What was written
        </Title>
        <ul>
          {written.map(({ reference, version, action }) => (
            <li key={reference}>
              <ReferenceText reference={reference} link={false} /> {action === 'create' ? 'new' : `replaced, now version ${version}`}
            </li>
          ))}
        </ul>
        <Group mt="md" gap="sm">
          <Button component="a" href={`${BASE}${consentsOf(patient)}`} onClick={(event) => follow(event, consentsOf(patient))}>
            {consents.length === 1 ? 'See it' : 'See them'} among the consents of {patient}
          </Button>
          <Button variant="default" onClick={onMore}>
            Upload another
          </Button>
        </Group>
      </Paper>
    </>
  );
}

function problemOf(error: unknown): ApiProblem {
  return error instanceof ApiProblem ? error : new ApiProblem(0, 'network', 'The gateway does not answer.');
}
