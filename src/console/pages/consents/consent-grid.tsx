/** What a patient's Consents say at one glance: recipient by category; each cell tells which of them say so. */
import { Button, Group, Text, Title } from '@mantine/core';
import { IconBan, IconCheck, IconCircleHalf2, IconScale, type TablerIcon } from '@tabler/icons-react';
import { useState } from 'react';
import type { DescribedGrid, GridCell, GridRow, GridSays } from '../../../consent/describe-grid.ts';
import { CitationLink } from '../../components/citation-link.tsx';
import { categoryName, recipientName } from '../../words.ts';
import { plural } from './consent-words.ts';
import classes from './consents.module.css';
import { CellDialog, type OpenCell } from './grid-cell-dialog.tsx';
import { cellWords, SAYS_WORDS } from './grid-words.ts';
import { useGridKeys } from './use-grid-keys.ts';

const ICONS: Readonly<Record<GridSays, TablerIcon>> = { permit: IconCheck, deny: IconBan, none: IconScale };
const LEGEND: readonly (readonly [says: GridSays, text: string])[] = [
  ['permit', 'a consent says so, for everybody of the kind or for those it names'],
  ['deny', 'a consent says so, whatever else permits it'],
  ['none', 'no consent has a say: law and policies alone decide'],
];

/** Somebody whom a Consent mentions, in whatever category. */
const hasSay = ({ cells }: GridRow): boolean => cells.some(({ consents }) => consents.length > 0);

export function ConsentGrid({ grid: { rows, omitted } }: { readonly grid: DescribedGrid }) {
  const [all, setAll] = useState(false);
  const [open, setOpen] = useState<OpenCell>();
  const told = rows.filter(hasSay);
  const silent = rows.length - told.length;
  const shown = all ? rows : told;
  return (
    <section aria-labelledby="grid">
      <Title order={2} id="grid" mb={4}>
        At a glance
      </Title>
      <Text c="dimmed" mb="sm" maw="46rem">
        What the consents say, by who asks and what for. Choose a cell to see which of them say so.
      </Text>
      {shown.length === 0 ? (
        <Text mb="sm">No consent in force says anything about who may see what: law and policies alone decide.</Text>
      ) : (
        <Cells rows={shown} onOpen={setOpen} />
      )}
      <Group justify="space-between" align="flex-start" mt="sm" gap="md">
        <ul className={classes.legend} aria-label="What the marks mean">
          {LEGEND.map(([says, text]) => (
            <li key={says} className={classes.legendItem}>
              <Mark says={says} word={SAYS_WORDS[says]} /> <span>{text}</span>
            </li>
          ))}
          <li className={classes.legendItem}>
            <span className={classes.part}>
              <IconCircleHalf2 size={14} aria-hidden />
              part
            </span>{' '}
            <span>it is otherwise for some of the category: of a code, a time, an author, a narrower label</span>
          </li>
        </ul>
        {silent === 0 ? null : (
          <Button variant="default" size="xs" onClick={() => setAll(!all)} aria-pressed={all} className="no-print">
            {all ? `Hide those that no consent mentions` : `Show ${plural(silent, 'more recipient')} that no consent mentions`}
          </Button>
        )}
      </Group>
      <Text size="sm" c="dimmed" mt="sm" maw="46rem">
        It is what the consents say, not the last word: a permit opens nothing that the law closes, and a deny bars neither the patient’s
        own access nor what the law requires (<CitationLink citation="45 CFR 164.522(a)(1)" />
        ).
        {omitted === 0 ? '' : ` ${plural(omitted, 'more party')} named in consents are not looked at here.`}
      </Text>
      <CellDialog open={open} onClose={() => setOpen(undefined)} />
    </section>
  );
}

function Cells({ rows, onOpen }: { readonly rows: readonly GridRow[]; readonly onOpen: (cell: OpenCell) => void }) {
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
                <td key={cell.category} data-says={cell.says}>
                  <button type="button" {...keys.cell(row, column)} onClick={() => onOpen({ recipient, cell })} aria-haspopup="dialog">
                    <CellText cell={cell} />
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

function CellText({ cell }: { readonly cell: GridCell }) {
  const { says, word, whom, part } = cellWords(cell);
  return (
    <>
      <Mark says={says} word={word} />
      {whom === undefined ? null : <span className={classes.whom}>{whom}</span>}
      {part === undefined ? null : (
        <span className={classes.part}>
          <IconCircleHalf2 size={14} aria-hidden />
          {part}
        </span>
      )}
    </>
  );
}

function Mark({ says, word }: { readonly says: GridSays; readonly word: string }) {
  const Icon = ICONS[says];
  return (
    <span className={classes.mark} data-says={says}>
      <Icon size={16} aria-hidden />
      {word}
    </span>
  );
}
