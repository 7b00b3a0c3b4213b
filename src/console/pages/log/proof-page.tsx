/** Whether the log is what was written (45 CFR 164.312(c)): verified here, with progress; checkpoints; what to verify it with elsewhere. */
import { Alert, Button, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconDownload, IconShieldCheck } from '@tabler/icons-react';
import type { FormEvent } from 'react';
import type { AuditSummary } from '../../../adapters/audit-summary.ts';
import type { DatabaseFault, DatabaseReport } from '../../../audit/verify-log.ts';
import { useApi } from '../../api/use-api.ts';
import { Announce } from '../../components/announce.tsx';
import { CopyId } from '../../components/copy-id.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { PatientField } from '../../components/patient-field.tsx';
import { Failed, WhenLoaded } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { useVerification } from '../../components/use-verification.ts';

interface Checkpoint {
  readonly number: number;
  readonly madeAt: string;
  readonly jws: string;
}

const NUMBER = new Intl.NumberFormat();

export default function ProofPage() {
  const summary = useApi<AuditSummary>('/audit/summary');
  const checkpoints = useApi<{ readonly checkpoints: readonly Checkpoint[] }>('/audit/checkpoints?_count=10');
  const { running, rows, report, problem, verify } = useVerification(() => {
    summary.reload();
    checkpoints.reload();
  });
  const total = summary.data?.log.rows ?? 0;
  const part = report !== undefined ? 100 : total === 0 ? 0 : Math.min(99, (rows / total) * 100);
  return (
    <>
      <PageHeader
        title="Proof of the log"
        above={{ to: '/log', title: 'Access log' }}
        description="Every row is chained to the one before it and signed for at every checkpoint: what was changed, removed, inserted or reordered is found."
        actions={
          <Button onClick={verify} loading={running} leftSection={<IconShieldCheck size={16} />}>
            Verify the whole log
          </Button>
        }
      />
      <Stack gap="md">
        {problem === undefined ? null : <Failed problem={problem} retry={verify} />}
        {running || report !== undefined ? (
          <Paper p="lg" component="section" aria-label="Verification">
            <Progress value={part} animated={running} aria-label="Rows verified" mb="sm" color={report?.sound === false ? 'red' : 'teal'} />
            {report === undefined ? (
              <Text size="sm">
                {NUMBER.format(rows)} of {NUMBER.format(total)} rows looked at…
              </Text>
            ) : (
              <Report report={report} />
            )}
          </Paper>
        ) : null}
        <Announce>{report === undefined ? '' : report.sound ? 'The log verifies.' : 'The log does not verify.'}</Announce>
        <WhenLoaded loaded={summary} what="how fresh the log is">
          {({ log: { newestRow, newestCheckpoint, rows: count } }) => (
            <Paper p="lg" component="section" aria-labelledby="fresh">
              <Title order={2} id="fresh" mb="sm">
                How fresh it is
              </Title>
              <Facts>
                <Fact name="Rows">{NUMBER.format(count)}</Fact>
                <Fact name="Newest row">{newestRow === undefined ? 'none' : <TimeText value={newestRow} as="ago" />}</Fact>
                <Fact name="Newest checkpoint">
                  {newestCheckpoint === undefined ? 'none yet' : <TimeText value={newestCheckpoint.madeAt} as="ago" />}
                </Fact>
              </Facts>
            </Paper>
          )}
        </WhenLoaded>
        <Paper p="lg" component="section" aria-labelledby="elsewhere">
          <Title order={2} id="elsewhere" mb={4}>
            To verify elsewhere
          </Title>
          <Text size="sm" c="dimmed" mb="sm">
            What the log has of one patient, its slice, verifies without this gateway, with the published keys alone:{' '}
            <code>privity verify SLICE JWKS</code>.
          </Text>
          <form onSubmit={downloadSlice}>
            <Group align="flex-end">
              <PatientField name="patient" label="Patient" placeholder="Patient/…" required />
              <Button type="submit" variant="default" leftSection={<IconDownload size={16} />}>
                Download the slice
              </Button>
              <Button
                component="a"
                href="/.well-known/jwks.json"
                download="jwks.json"
                variant="default"
                leftSection={<IconDownload size={16} />}
              >
                Download the keys
              </Button>
            </Group>
          </form>
        </Paper>
        <WhenLoaded loaded={checkpoints} what="checkpoints">
          {({ checkpoints: filed }) => (
            <section aria-labelledby="checkpoints">
              <Title order={2} id="checkpoints" mb="sm">
                Newest checkpoints
              </Title>
              <DataTable
                caption="Checkpoints, the newest first"
                rows={filed}
                rowKey={({ number }) => String(number)}
                columns={[
                  { title: 'Number', render: ({ number }) => NUMBER.format(number) },
                  { title: 'Signed', render: ({ madeAt }) => <TimeText value={madeAt} /> },
                  { title: 'Signature', render: ({ jws }) => <CopyId value={jws}>{`${jws.slice(-24)}`}</CopyId> },
                ]}
              />
            </section>
          )}
        </WhenLoaded>
      </Stack>
    </>
  );
}

function Report({ report: { sound, rows, chains, tail, newestCheckpoint, faults } }: { readonly report: DatabaseReport }) {
  return (
    <Stack gap="sm">
      <Alert
        color={sound ? 'teal' : 'red'}
        variant="light"
        icon={sound ? <IconShieldCheck /> : <IconAlertTriangle />}
        title={sound ? 'The log verifies' : 'The log does not verify'}
      >
        {sound
          ? `${NUMBER.format(rows)} rows in ${NUMBER.format(chains)} ${chains === 1 ? 'chain' : 'chains'} are what was written.`
          : `${faults.length} ${faults.length === 1 ? 'fault was' : 'faults were'} found. Keep the database as it is and call whoever answers for it.`}{' '}
        {tail.rows === 0
          ? 'Checkpoints cover all of them.'
          : `The newest ${NUMBER.format(tail.rows)} are not covered by a checkpoint yet; their own links hold.`}
      </Alert>
      {newestCheckpoint === undefined ? null : (
        <Text size="sm" c="dimmed">
          Up to checkpoint {newestCheckpoint.number}, of <TimeText value={newestCheckpoint.madeAt} />.
        </Text>
      )}
      {faults.length === 0 ? null : (
        <ul>
          {faults.map((fault) => (
            <li key={JSON.stringify(fault)}>{inSentence(fault)}</li>
          ))}
        </ul>
      )}
    </Stack>
  );
}

const FOUND: Readonly<Record<DatabaseFault['kind'], string>> = {
  gap: 'a record before this one is missing, or it is out of order',
  content: 'this record was changed',
  mac: 'this record was not written by a holder of the key',
  forked: 'the chain up to here is another than the one that was signed',
  truncated: 'this record was signed for and is not there',
  inserted: 'this record is older than the checkpoint that does not cover it',
  signature: 'this checkpoint is not signed by the installation',
  sequence: 'a checkpoint before this one was changed or is missing',
  'rolled-back': 'the log once had this checkpoint and lost it',
  orphan: 'a row belongs to an event that is not there',
  context: 'a recorded question was changed or is gone',
  file: 'a file of the log is not what was written',
  slice: 'this part of the log is not what the installation signed',
};

function inSentence(fault: DatabaseFault): string {
  const place =
    'checkpoint' in fault
      ? `Checkpoint ${fault.checkpoint}`
      : 'seq' in fault
        ? `Chain ${fault.chain}, record ${fault.seq}${fault.id === undefined ? '' : ` (${fault.id})`}`
        : fault.id;
  return `${place}: ${FOUND[fault.kind]}.`;
}

function downloadSlice(event: FormEvent<HTMLFormElement>): void {
  event.preventDefault();
  const patient = String(new FormData(event.currentTarget).get('patient') ?? '').trim();
  const link = document.createElement('a');
  link.href = `/audit/slice?${new URLSearchParams({ patient })}`;
  link.download = 'slice.ndjson';
  link.click();
}
