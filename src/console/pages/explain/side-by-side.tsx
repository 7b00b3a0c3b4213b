/** What is on record beside what the requester gets, line by line; on a phone one below the other, what is missing struck out. */
import { Button, Group, Paper, Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconEyeOff } from '@tabler/icons-react';
import { Fragment, useId, useState } from 'react';
import type { Explanation, Sides } from '../../../decide/explanation.ts';
import { labelName } from '../../words.ts';
import { alignSides, type Line } from './align-sides.ts';
import classes from './explain.module.css';
import { plural, whyShort } from './explain-words.ts';

export interface SideBySideProps {
  readonly explanation: Explanation;
  readonly sides: Sides;
  /** Of the requester, as a heading has it. */
  readonly name: string;
}

/** A longer run of lines that are given unchanged is folded, but for those beside what differs. */
const RUN = 26;
const BESIDE = 8;

export function SideBySide({ explanation, sides, name }: SideBySideProps) {
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const id = useId();
  const [open, setOpen] = useState(false);
  const lines = alignSides(sides, explanation.labels);
  const rows = open ? lines : folded(lines);
  const labels = new Map(explanation.labels.map(({ code, on }) => [code, on === 'resource' ? code : `${code}`]));
  return (
    <Paper component="section" aria-labelledby={id} className={classes.card}>
      <Group justify="space-between" p="lg" pb="sm" align="flex-end">
        <div>
          <Title order={2} id={id}>
            The record, and what they get<span className="for-screen-readers">: {explanation.reference}</span>
          </Title>
          {sides.content === 'structure' ? (
            <Text size="sm" c="dimmed">
              Element names only: each value is shown as … because explaining a decision is no way to read records.
            </Text>
          ) : null}
        </div>
        <ul className={classes.legend} aria-label="Legend">
          <li>
            <span className={classes.swatch} data-kind="removed" aria-hidden /> <del>withheld</del>
          </li>
          <li>
            <span className={classes.swatch} data-kind="added" aria-hidden /> + added by the gateway
          </li>
          {labels.size === 0 ? null : (
            <li>
              <span className={classes.swatch} data-kind="label" aria-hidden /> carries a label
            </li>
          )}
        </ul>
      </Group>
      <table className={classes.sides}>
        <caption className="for-screen-readers">
          The record line by line, and what {name} gets of it. Lines that are withheld are marked as deleted.
        </caption>
        <thead>
          <tr>
            <th scope="col">{narrow ? `What is on record, and what ${name} gets` : 'What is on record'}</th>
            {narrow ? null : <th scope="col">What {name} gets</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) =>
            'hidden' in row ? (
              <tr key={`fold-${row.hidden}`} data-kind="folded">
                <td colSpan={narrow ? 1 : 2}>
                  <div className={classes.folded}>
                    <Button variant="subtle" size="compact-xs" onClick={() => setOpen(true)}>
                      {plural(row.lines, 'line')} given as they are
                    </Button>
                  </div>
                </td>
              </tr>
            ) : (
              <Row key={row.number} line={row} before={rows[index - 1]} rows={rows} explanation={explanation} narrow={narrow === true} />
            ),
          )}
        </tbody>
      </table>
    </Paper>
  );
}

type Shown = Line | { readonly hidden: number; readonly lines: number };

interface RowProps {
  readonly line: Line;
  readonly before: Shown | undefined;
  readonly rows: readonly Shown[];
  readonly explanation: Explanation;
  readonly narrow: boolean;
}

function Row({ line, before, rows, explanation, narrow }: RowProps) {
  const { left, right, block } = line;
  const starts = block !== undefined && (before === undefined || !('number' in before) || before.block !== block);
  const reason = starts ? <Reason line={line} explanation={explanation} /> : null;
  if (narrow) {
    return (
      <Fragment>
        {reason === null ? null : (
          <tr data-kind="removed">
            <td className={classes.reasonCell}>{reason}</td>
          </tr>
        )}
        <tr data-kind={kindOf(line)}>
          <td>
            <LineText line={line} text={right ?? left} />
          </td>
        </tr>
      </Fragment>
    );
  }
  const span = starts ? rows.filter((row) => 'number' in row && row.block === block).length : 0;
  return (
    <tr data-kind={kindOf(line)}>
      <td data-side="left">{left === undefined ? null : <LineText line={line} text={left} />}</td>
      {block === undefined ? (
        <td data-side="right">{right === undefined ? null : <LineText line={line} text={right} side="right" />}</td>
      ) : starts ? (
        <td rowSpan={span} className={classes.gap}>
          {reason}
        </td>
      ) : null}
    </tr>
  );
}

function kindOf({ left, right, block, labels }: Line): string | undefined {
  if (block !== undefined) return 'removed';
  if (left === undefined && right !== undefined) return 'added';
  return labels.length > 0 ? 'labeled' : undefined;
}

function LineText({ line, text = '', side = 'left' }: { readonly line: Line; readonly text?: string; readonly side?: 'left' | 'right' }) {
  const { depth, labels, left, block } = line;
  const added = left === undefined;
  const shown = <Json text={text} />;
  return (
    <div className={classes.line} data-depth={Math.min(depth, 12)}>
      <span className={classes.sign} aria-hidden>
        {block !== undefined ? '−' : added ? '+' : ''}
      </span>
      <code>{block !== undefined ? <del>{shown}</del> : added ? <ins>{shown}</ins> : shown}</code>
      {side === 'left' && labels.length > 0 ? (
        <span className={classes.badges}>
          {labels.map(({ code, onPart }) => (
            <span key={code} className={classes.badge} title={`${labelName(code)}${onPart ? '' : ': found here'}`}>
              <span className="for-screen-readers">{onPart ? 'labeled ' : 'label found here: '}</span>
              {code}
            </span>
          ))}
        </span>
      ) : null}
    </div>
  );
}

/** The name of an element stands out from its value. */
function Json({ text }: { readonly text: string }) {
  const [, name, rest] = /^("[^"]*": )([\s\S]*)$/.exec(text) ?? [];
  return name === undefined ? (
    text
  ) : (
    <>
      <span className={classes.name}>{name}</span>
      {rest}
    </>
  );
}

function Reason({ line: { why, labels, block }, explanation }: { readonly line: Line; readonly explanation: Explanation }) {
  const whole = block === 0 || explanation.sides?.released === undefined;
  const own = labels.filter(({ onPart }) => onPart).map(({ code }) => code);
  return (
    <div className={classes.reason}>
      <IconEyeOff size={16} aria-hidden />
      <span>
        <strong>{whole ? 'Nothing' : 'Withheld'}</strong>
        <br />
        {whole ? (
          explanation.withheldAs === 'announce' ? (
            'They are told that something is withheld, not what.'
          ) : (
            'The same answer as if it did not exist.'
          )
        ) : (
          <>
            {whyShort(why)}
            {why === 'label' && own.length > 0 ? `: ${own.map(labelName).join(', ')}` : ''}
          </>
        )}
      </span>
    </div>
  );
}

function folded(lines: readonly Line[]): readonly Shown[] {
  const plain = (line: Line | undefined) => line !== undefined && kindOf(line) === undefined;
  const rows: Shown[] = [];
  for (let at = 0; at < lines.length; ) {
    let end = at;
    while (plain(lines[end])) end += 1;
    const from = at === 0 ? at : at + BESIDE;
    const to = end === lines.length ? end : end - BESIDE;
    if (end - at >= RUN && to > from) {
      rows.push(...lines.slice(at, from), { hidden: at, lines: to - from }, ...lines.slice(to, end));
    } else rows.push(...lines.slice(at, end));
    if (end < lines.length) rows.push(lines[end] as Line);
    at = end + 1;
  }
  return rows;
}
