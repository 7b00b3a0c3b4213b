/**
 * What a set does to the law, by recipient and category: a cell says how many rows would open, would close, or give something else;
 * a cell that changes opens its rows. On a phone a list of the cells that change.
 */
import { Button, Paper, Switch, Table, Text, Title, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { CATEGORIES, type Category } from '../../../classify/label.ts';
import type { MatrixChange, MatrixPreview } from '../../../policy/preview-matrix.ts';
import { categoryName, recipientName } from '../../words.ts';
import { MatrixRows } from './matrix-rows.tsx';
import classes from './policies.module.css';
import { plural } from './policy-words.ts';

interface Cell {
  readonly recipient: string;
  readonly category: Category;
  readonly rows: number;
  readonly changes: readonly MatrixChange[];
}

export type Direction = 'opens' | 'closes' | 'differs';

const RANK = { deny: 0, redact: 1, permit: 2 } as const;

export function directionOf({ from, to }: Pick<MatrixChange, 'from' | 'to'>): Direction {
  if (RANK[from] === RANK[to]) return 'differs';
  return RANK[to] > RANK[from] ? 'opens' : 'closes';
}

export function MatrixGrid({ matrix: { cells, changes } }: { readonly matrix: MatrixPreview }) {
  const [chosen, setChosen] = useState<string>();
  const [all, setAll] = useState(false);
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const filled: readonly Cell[] = cells.map((cell) => ({
    ...cell,
    changes: changes.filter(({ recipient, category }) => recipient === cell.recipient && category === cell.category),
  }));
  const rows = cells.reduce((sum, { rows: count }) => sum + count, 0);
  const open = filled.find((cell) => keyOf(cell) === chosen);
  const choose = (cell: Cell) => setChosen(keyOf(cell) === chosen ? undefined : keyOf(cell));
  const count = (direction: Direction) => changes.filter((change) => directionOf(change) === direction).length;
  const drill = open === undefined ? null : <Drill cell={open} onClose={() => setChosen(undefined)} />;
  return (
    <Paper p="lg" component="section" aria-labelledby="matrix">
      <Title order={2} id="matrix">
        The rules of the law, one by one
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        Of {plural(rows, 'situation')} that the law tells apart, {count('closes')} would close, {count('opens')} would open
        {count('differs') === 0 ? '' : `, ${count('differs')} would give another part`}, and {rows - changes.length} stay as they are.
      </Text>
      {narrow ? (
        <CellList cells={filled} chosen={chosen} onChoose={choose} drill={drill} />
      ) : (
        <>
          <CellTable cells={filled} all={all} chosen={chosen} onChoose={choose} />
          <Switch
            mt="sm"
            label="Also recipients for whom nothing changes"
            checked={all}
            onChange={(event) => setAll(event.currentTarget.checked)}
          />
        </>
      )}
      {narrow ? null : drill}
    </Paper>
  );
}

function Drill({ cell: { recipient, category, changes, rows }, onClose }: { readonly cell: Cell; readonly onClose: () => void }) {
  return (
    <section className={classes.drill} aria-label={`${recipientName(recipient)}, ${categoryName(category)}`}>
      <Title order={3} mb="xs">
        {recipientName(recipient)}: {categoryName(category).toLowerCase()}
        <Button size="compact-xs" variant="subtle" color="gray" ml="xs" leftSection={<IconX size={14} />} onClick={onClose}>
          Close
        </Button>
      </Title>
      <MatrixRows changes={changes} unchanged={rows - changes.length} />
    </section>
  );
}

interface CellsProps {
  readonly cells: readonly Cell[];
  readonly chosen: string | undefined;
  readonly onChoose: (cell: Cell) => void;
}

function CellTable({ cells, all, chosen, onChoose }: CellsProps & { readonly all: boolean }) {
  const recipients = [...new Set(cells.map(({ recipient }) => recipient))];
  const shown = recipients.filter((recipient) => all || cells.some((cell) => cell.recipient === recipient && cell.changes.length > 0));
  const categories = CATEGORIES.filter((category) => cells.some((cell) => cell.category === category));
  if (shown.length === 0) return <Text fw={600}>Nothing changes, whoever asks.</Text>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section className={classes.matrix} aria-label="By recipient and category" tabIndex={0}>
      <Table verticalSpacing={6} horizontalSpacing="sm" withColumnBorders>
        <caption className="for-screen-readers">Situations that would open or close, by recipient and category</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Who asks</Table.Th>
            {categories.map((category) => (
              <Table.Th key={category} scope="col">
                {categoryName(category)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((recipient) => (
            <Table.Tr key={recipient}>
              <Table.Th scope="row">{recipientName(recipient)}</Table.Th>
              {categories.map((category) => {
                const cell = cells.find((one) => one.recipient === recipient && one.category === category);
                return (
                  <Table.Td key={category} p={0}>
                    {cell === undefined ? (
                      <span className={classes.still}>–</span>
                    ) : (
                      <CellButton cell={cell} chosen={chosen} onChoose={onChoose} />
                    )}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

/** What is opened stands under its cell. */
function CellList({ cells, chosen, onChoose, drill }: CellsProps & { readonly drill: ReactNode }) {
  const changing = cells.filter(({ changes }) => changes.length > 0);
  if (changing.length === 0) return <Text fw={600}>Nothing changes, whoever asks.</Text>;
  return (
    <ul className={classes.plain} aria-label="By recipient and category">
      {changing.map((cell) => (
        <li key={keyOf(cell)}>
          <Text size="sm" fw={600}>
            {recipientName(cell.recipient)}
          </Text>
          <Text size="sm" c="dimmed">
            {categoryName(cell.category)}
          </Text>
          <CellButton cell={cell} chosen={chosen} onChoose={onChoose} />
          {keyOf(cell) === chosen ? drill : null}
        </li>
      ))}
    </ul>
  );
}

function CellButton({ cell, chosen, onChoose }: { readonly cell: Cell } & Pick<CellsProps, 'chosen' | 'onChoose'>) {
  const { changes, rows, recipient, category } = cell;
  if (changes.length === 0) return <span className={classes.still}>unchanged</span>;
  const count = (direction: Direction) => changes.filter((change) => directionOf(change) === direction).length;
  const [closes, opens, differs] = [count('closes'), count('opens'), count('differs')];
  return (
    <UnstyledButton
      className={classes.cell}
      data-direction={opens > 0 ? (closes > 0 ? 'both' : 'opens') : closes > 0 ? 'closes' : 'differs'}
      aria-expanded={keyOf(cell) === chosen}
      onClick={() => onChoose(cell)}
    >
      <span className="for-screen-readers">{`${recipientName(recipient)}, ${categoryName(category)}: `}</span>
      {closes === 0 ? null : <span>{`${closes} would close`}</span>}
      {opens === 0 ? null : <span>{`${opens} would open`}</span>}
      {differs === 0 ? null : <span>{`${differs} give another part`}</span>}
      <small>{`of ${rows}`}</small>
    </UnstyledButton>
  );
}

function keyOf({ recipient, category }: Pick<Cell, 'recipient' | 'category'>): string {
  return `${recipient} ${category}`;
}
