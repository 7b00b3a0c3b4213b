/** What was disclosed of one patient, to whom, why and by which rule it counts (45 CFR 164.528), ready to print. */
import { Alert, Button, Checkbox, Grid, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconDownload, IconFileText, IconPrinter } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import type { Accounting, NamedDisclosure } from '../../../audit/accounting.ts';
import { useApi } from '../../api/use-api.ts';
import { Announce } from '../../components/announce.tsx';
import { Badge } from '../../components/badge.tsx';
import { CitationLink } from '../../components/citation-link.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { PatientField } from '../../components/patient-field.tsx';
import { ReferenceText } from '../../components/reference-text.tsx';
import { Empty, WhenLoaded } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { useFocusOnce } from '../../components/use-focus-once.ts';
import { Link } from '../../router/link.tsx';
import { useSearch } from '../../router/location.ts';
import { inWords, plural } from '../../words.ts';
import { type Faults, faultsOf, focusFault } from './field-faults.ts';

const NAMES = ['patient', 'start', 'end', 'list'] as const;

export default function AccountingPage() {
  const [search, change] = useSearch();
  const patient = search.get('patient') ?? '';
  const query = new URLSearchParams(NAMES.flatMap((name) => (search.get(name) ? [[name, search.get(name) ?? '']] : [])));
  const [asked, setAsked] = useState(false);
  return (
    <>
      <PageHeader
        title="Accounting of disclosures"
        above={{ to: '/log', title: 'Access log' }}
        description="What a patient is owed on request: who was told what, when and why, six years back (45 CFR 164.528, 42 CFR 2.25)."
        actions={
          patient === '' ? undefined : (
            <>
              <Button
                component="a"
                variant="default"
                href={hrefOf(query, 'csv')}
                download="disclosures.csv"
                leftSection={<IconDownload size={16} />}
              >
                CSV
              </Button>
              <Button component="a" variant="default" href={hrefOf(query, 'html')} target="_blank" leftSection={<IconFileText size={16} />}>
                Letter
              </Button>
              <Button onClick={() => window.print()} leftSection={<IconPrinter size={16} />}>
                Print
              </Button>
            </>
          )
        }
      />
      <Whose
        key={query.toString()}
        search={search}
        focus={asked}
        onShow={(values) => {
          setAsked(true);
          change(values);
        }}
      />
      {patient === '' ? (
        <Empty title="Whose?">Name the patient, as the record server does: Patient/… or the id alone.</Empty>
      ) : (
        <Told query={query} />
      )}
    </>
  );
}

interface WhoseProps {
  readonly search: URLSearchParams;
  /** Somebody has just asked here. */
  readonly focus: boolean;
  readonly onShow: (values: Readonly<Record<string, string>>) => void;
}

function Whose({ search, focus, onShow }: WhoseProps) {
  const button = useFocusOnce<HTMLButtonElement>(focus);
  const [faults, setFaults] = useState<Faults>();
  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const wrong = faultsOf(form, ['start', 'end']);
    setFaults(wrong);
    if (wrong !== undefined) return focusFault(event.currentTarget, wrong);
    onShow(Object.fromEntries(NAMES.map((name) => [name, String(form.get(name) ?? '').trim()])));
  };
  return (
    <Paper component="form" p="md" mb="md" onSubmit={apply} className="no-print" aria-label="Whose accounting">
      <Grid gap="sm">
        <Grid.Col span={{ base: 12, sm: 6, lg: 4 }}>
          <PatientField
            name="patient"
            label="Patient"
            placeholder="Patient/…"
            required
            defaultValue={search.get('patient') ?? ''}
            error={faults?.patient}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 6, sm: 3, lg: 2 }}>
          <TextInput name="start" label="From" type="date" defaultValue={search.get('start') ?? ''} />
        </Grid.Col>
        <Grid.Col span={{ base: 6, sm: 3, lg: 2 }}>
          <TextInput name="end" label="To" type="date" defaultValue={search.get('end') ?? ''} error={faults?.end} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Group justify="space-between" wrap="nowrap" mt={{ base: 0, lg: 26 }}>
            <Checkbox name="list" value="all" label="Also what is not counted" defaultChecked={search.get('list') === 'all'} />
            <Button ref={button} type="submit" flex="none">
              Show
            </Button>
          </Group>
        </Grid.Col>
      </Grid>
    </Paper>
  );
}

function Told({ query }: { readonly query: URLSearchParams }) {
  const loaded = useApi<Accounting>(`/audit/disclosures?${query}`);
  return (
    <WhenLoaded loaded={loaded} what="the accounting">
      {({ patient, period, madeAt, disclosures, excluded }) => (
        <Stack gap="md">
          <Announce>{`${plural(disclosures.length, 'disclosure')}.`}</Announce>
          <Text component="div">
            <ReferenceText reference={patient} />, from <TimeText value={period.start} as="day" /> to{' '}
            <TimeText value={period.end} as="day" />.{' '}
            <Text span c="dimmed">
              Made <TimeText value={madeAt} />.
            </Text>
          </Text>
          {disclosures.some(({ suspended }) => suspended) ? (
            <Alert color="yellow" title="Not all of this is for the patient now">
              Rows marked “suspended” are left out of what the patient gets, at the request of an agency (164.528(a)(2)).
            </Alert>
          ) : null}
          {disclosures.length === 0 ? (
            <Paper>
              <Empty title="Nothing that counts was disclosed in this time">What was given and does not count is below, by rule.</Empty>
            </Paper>
          ) : (
            <DataTable
              caption="Disclosures"
              columns={COLUMNS}
              rows={disclosures}
              rowKey={({ event, ground, what }) => `${event} ${ground.id} ${what}`}
            />
          )}
          {excluded.length === 0 ? null : (
            <Paper p="lg" component="section" aria-labelledby="excluded">
              <Title order={2} id="excluded" mb="xs">
                Not counted, and why
              </Title>
              <Stack gap="xs">
                {excluded.map(({ ground, count, first, last }) => (
                  <Text key={ground.id} size="sm" component="div">
                    <strong>{count}</strong> {ground.text} <CitationLink citation={ground.citation} />{' '}
                    <Text span c="dimmed" size="sm">
                      (<TimeText value={first} as="day" />
                      {isSameDay(first, last) ? null : (
                        <>
                          {' to '}
                          <TimeText value={last} as="day" />
                        </>
                      )}
                      )
                    </Text>
                  </Text>
                ))}
              </Stack>
            </Paper>
          )}
        </Stack>
      )}
    </WhenLoaded>
  );
}

const COLUMNS: readonly Column<NamedDisclosure>[] = [
  {
    title: 'When',
    render: ({ date, event }) => (
      <Link to={`/log/${event}`} size="sm">
        <TimeText value={date} />
      </Link>
    ),
  },
  {
    title: 'To whom',
    render: ({ recipient: { name, organizationName, address, id, kind } }) => (
      <div>
        <Text size="sm" fw={550}>
          {name ?? id ?? 'unknown'}
        </Text>
        <Text size="xs" c="dimmed">
          {[organizationName, address, kind === undefined ? undefined : inWords(kind)].filter((part) => part !== undefined).join(', ')}
        </Text>
      </div>
    ),
  },
  { title: 'What', render: ({ what }) => <Text size="sm">{what}</Text> },
  { title: 'Why', render: ({ purpose }) => <Text size="sm">{purpose?.text ?? '–'}</Text> },
  {
    title: 'Counts by',
    render: ({ counted, ground, suspended }) => (
      <Stack gap={2} align="flex-start">
        {suspended ? (
          <Badge tone="partial">Suspended</Badge>
        ) : (
          <Badge tone={counted ? 'given' : 'quiet'}>{counted ? 'Counted' : 'Not counted'}</Badge>
        )}
        <Text size="xs">
          <CitationLink citation={ground.citation} />
        </Text>
      </Stack>
    ),
  },
];

const isSameDay = (one: string, other: string) => new Date(one).toDateString() === new Date(other).toDateString();

function hrefOf(query: URLSearchParams, format: string): string {
  return `/audit/disclosures?${new URLSearchParams([...query, ['_format', format]])}`;
}
