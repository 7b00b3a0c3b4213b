/** What a patient's Consents say at one glance: recipient by category; each cell tells which of them say so. */
import { Button, Group, Text, Title } from '@mantine/core';
import { IconCircleHalf2 } from '@tabler/icons-react';
import { useState } from 'react';
import type { DescribedGrid, GridCell, GridRow } from '../../../consent/describe-grid.ts';
import { useName } from '../../api/names.ts';
import { CitationLink } from '../../components/citation-link.tsx';
import { categoryName, recipientName } from '../../words.ts';
import classes from './consents.module.css';
import { CellDialog, type OpenCell } from './grid-cell-dialog.tsx';
import { cellWords, type Kinds, type Outcome } from './grid-words.ts';
import { OutcomeMark } from './outcome-mark.tsx';
import { useGridKeys } from './use-grid-keys.ts';

const LEGEND: readonly (readonly [outcome: Outcome, text: string])[] = [
  ['authorized', 'the patient has authorized it, for everybody of the kind or for those that are named'],
  ['deny', 'the patient has forbidden it'],
  ['unopposed', 'the patient does not mind, which opens nothing: law and policies decide'],
  ['none', 'no consent has a say: law and policies decide'],
];

const hasSay = ({ cells }: GridRow): boolean => cells.some(({ consents }) => consents.length > 0);

export interface ConsentGridProps {
  readonly grid: DescribedGrid;
  readonly kinds: Kinds;
}

export function ConsentGrid({ grid: { rows, omitted }, kinds }: ConsentGridProps) {
  const [all, setAll] = useState(false);
  const [open, setOpen] = useState<OpenCell>();
  const told = rows.filter(hasSay);
  const shown = all ? rows : told;
  return (
    <section aria-labelledby="grid">
      <Title order={2} id="grid" mb={4}>
        At a glance
      </Title>
      <Text c="dimmed" mb="sm">
        {shown.length === 0
          ? 'No consent in force says anything about who may see what: law and policies alone decide.'
          : 'Choose a cell to see which consents say so.'}
      </Text>
      {shown.length === 0 ? null : <Cells rows={shown} kinds={kinds} onOpen={setOpen} />}
      <Group justify="space-between" align="flex-start" mt="sm" gap="md">
        {shown.length === 0 ? null : <Legend />}
        {told.length === rows.length ? null : (
          <Button variant="default" size="xs" onClick={() => setAll(!all)} className="no-print">
            {all ? 'Only those that consents mention' : `Show all ${rows.length} kinds of recipients`}
          </Button>
        )}
      </Group>
      <Text size="sm" c="dimmed" mt="sm" maw="46rem">
        What the patient forbids bars neither the patient’s own access nor what the law requires (
        <CitationLink citation="45 CFR 164.522(a)(1)" />
        ).
        {omitted === 0 ? '' : ` ${omitted} more of those that consents name are not looked at here.`}
      </Text>
      <CellDialog open={open} kinds={kinds} onClose={() => setOpen(undefined)} />
    </section>
  );
}

function Legend() {
  return (
    <ul className={classes.legend} aria-label="What the marks mean">
      {LEGEND.map(([outcome, text]) => (
        <li key={outcome} className={classes.legendItem}>
          <OutcomeMark outcome={outcome} /> <span>{text}</span>
        </li>
      ))}
      <li className={classes.legendItem}>
        <Part>part</Part> <span>it is otherwise for some of the category: of a code, a time, an author, a narrower label</span>
      </li>
    </ul>
  );
}

interface CellsProps {
  readonly rows: readonly GridRow[];
  readonly kinds: Kinds;
  readonly onOpen: (cell: OpenCell) => void;
}

function Cells({ rows, kinds, onOpen }: CellsProps) {
  const categories = rows[0]?.cells.map(({ category }) => category) ?? [];
  const keys = useGridKeys(rows.length, categories.length);
  return (
    <div className={classes.gridFrame}>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table that one goes through with the arrow keys */}
      <table role="grid" aria-labelledby="grid" className={classes.grid} ref={keys.ref} onKeyDown={keys.onKeyDown} aria-readonly="true">
        <thead>
          <tr>
            <th scope="col">Who asks</th>
            {categories.map((category) => (
              <th key={category} scope="col">
                {categoryName(category)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ recipient, cells }, row) => (
            <tr key={recipient}>
              <th scope="row">{recipientName(recipient)}</th>
              {cells.map((cell, column) => (
                <td key={cell.category} data-outcome={cellWords(cell, kinds).outcome}>
                  <button type="button" {...keys.cell(row, column)} onClick={() => onOpen({ recipient, cell })} aria-haspopup="dialog">
                    <CellText cell={cell} kinds={kinds} />
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CellText({ cell, kinds }: { readonly cell: GridCell; readonly kinds: Kinds }) {
  const { outcome, named, somePurposes, part } = cellWords(cell, kinds);
  return (
    <>
      <OutcomeMark outcome={outcome} />
      {named === undefined ? null : (
        <span className={classes.named} data-outcome={named.outcome}>
          <NamedParties recipients={named.recipients} />
          {named.says === undefined ? '' : `: ${named.says}`}
        </span>
      )}
      {somePurposes ? <span className={classes.named}>for some purposes</span> : null}
      {part === undefined ? null : <Part>{part}</Part>}
    </>
  );
}

/** One by name, where there is one; a reference is too long for a cell. */
function NamedParties({ recipients }: { readonly recipients: readonly string[] }) {
  const { name, loading } = useName(recipients.length === 1 ? recipients[0] : undefined);
  return <span aria-busy={loading || undefined}>{name ?? `${recipients.length} named`}</span>;
}

function Part({ children }: { readonly children: string }) {
  return (
    <span className={classes.part}>
      <IconCircleHalf2 size={14} aria-hidden />
      {children}
    </span>
  );
}
