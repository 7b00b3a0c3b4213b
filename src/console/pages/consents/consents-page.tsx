/** A patient's consents: who may see what until when, in words and as a grid; and taking one back. */
import { Alert, Button, Stack, Text, Title } from '@mantine/core';
import { IconCheck, IconUpload } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { DescribedConsent } from '../../../consent/describe-consent.ts';
import type { DescribedGrid } from '../../../consent/describe-grid.ts';
import { useMay } from '../../api/session.tsx';
import { useApi } from '../../api/use-api.ts';
import { Announce } from '../../components/announce.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Empty, WhenLoaded } from '../../components/states.tsx';
import { follow } from '../../router/link.tsx';
import { BASE, useSearch } from '../../router/location.ts';
import { ConsentCard } from './consent-card.tsx';
import { ConsentGrid } from './consent-grid.tsx';
import { isPast, patientReference, plural } from './consent-words.ts';
import classes from './consents.module.css';
import { PatientChooser, rememberPatient } from './patient-chooser.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';

interface Listed {
  readonly patient: string;
  readonly at: string;
  readonly consents: readonly DescribedConsent[];
  readonly grid: DescribedGrid;
}

export default function ConsentsPage() {
  const [search] = useSearch();
  const [chosen, setChosen] = useState(false);
  const asked = search.get('patient');
  const patient = asked === null ? undefined : patientReference(asked);
  return (
    <>
      <PageHeader
        title="Consents"
        description="Who may see what of a patient’s record, for what and until when, as the patient has said."
        actions={<UploadLink patient={patient} />}
      />
      <PatientChooser key={patient} current={patient ?? ''} focus={chosen} onChosen={() => setChosen(true)} />
      {asked !== null && patient === undefined ? (
        <Empty title="That is not how a patient is named">An id as the record server has it, as maria or Patient/maria.</Empty>
      ) : patient === undefined ? (
        <Empty title="Choose a patient">Consents are looked at one patient at a time. That you looked is in the access log.</Empty>
      ) : (
        <OfPatient key={patient} patient={patient} />
      )}
    </>
  );
}

function UploadLink({ patient }: { readonly patient: string | undefined }) {
  const may = useMay();
  if (!may(['policy-admin'])) return null;
  const to = `/consents/upload${patient === undefined ? '' : `?${new URLSearchParams({ patient: patient.replace('Patient/', '') })}`}`;
  return (
    <Button component="a" href={`${BASE}${to}`} onClick={(event) => follow(event, to)} leftSection={<IconUpload size={16} />}>
      Upload a consent
    </Button>
  );
}

function OfPatient({ patient }: { readonly patient: string }) {
  const loaded = useApi<Listed>(`/admin/consents?${new URLSearchParams({ patient })}`);
  const [revoking, setRevoking] = useState<DescribedConsent>();
  const [revoked, setRevoked] = useState<string>();
  useEffect(() => {
    if (loaded.data !== undefined) rememberPatient(patient);
  }, [loaded.data, patient]);
  if (loaded.problem?.status === 404) return <Empty title={`${patient} is not on the record server`}>Look at the id once more.</Empty>;
  const close = () => setRevoking(undefined);
  return (
    <WhenLoaded loaded={loaded} what="the consents">
      {({ consents, grid }) => (
        <Stack gap="xl">
          {revoked === undefined ? null : <Done key={revoked} reference={revoked} />}
          <InWords patient={patient} consents={consents} onRevoke={setRevoking} />
          <ConsentGrid grid={grid} kinds={new Map(consents.map(({ consent, kind }) => [consent, kind]))} />
          <RevokeDialog
            consent={revoking}
            onClose={close}
            onStale={() => {
              close();
              loaded.reload();
            }}
            onRevoked={(reference) => {
              close();
              setRevoked(reference);
              loaded.reload();
            }}
          />
        </Stack>
      )}
    </WhenLoaded>
  );
}

/** Takes the focus: the button that was pressed is gone. */
function Done({ reference }: { readonly reference: string }) {
  const alert = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const focusing = setTimeout(() => alert.current?.focus(), 50);
    return () => clearTimeout(focusing);
  }, []);
  return (
    <Alert color="teal" icon={<IconCheck />} title={`${reference} is revoked`} ref={alert} tabIndex={-1} role="status">
      It gives nobody anything any more. It stands below, among those that are past, with why and since when.
    </Alert>
  );
}

interface InWordsProps {
  readonly patient: string;
  readonly consents: readonly DescribedConsent[];
  readonly onRevoke: (consent: DescribedConsent) => void;
}

function InWords({ patient, consents, onRevoke }: InWordsProps) {
  const past = consents.filter(isPast);
  const current = consents.filter((consent) => !isPast(consent));
  const cards = (shown: readonly DescribedConsent[]) => (
    <ul className={classes.cards}>
      {shown.map((consent) => (
        <ConsentCard key={consent.consent} consent={consent} onRevoke={onRevoke} />
      ))}
    </ul>
  );
  return (
    <section aria-labelledby="words">
      <Announce>{`${plural(consents.length, 'consent')} of ${patient}.`}</Announce>
      <Title order={2} id="words" mb="sm">
        Who may see what, until when
      </Title>
      {consents.length === 0 ? (
        <Empty title={`${patient} has given no consent`}>Law and policies alone decide who may see what.</Empty>
      ) : current.length === 0 ? (
        <Text>Nothing that {patient} said is in force any more.</Text>
      ) : (
        cards(current)
      )}
      {past.length === 0 ? null : (
        <details className={classes.past} open>
          <summary>{plural(past.length, 'consent')} of the past: ended, revoked or not active</summary>
          {cards(past)}
        </details>
      )}
    </section>
  );
}
