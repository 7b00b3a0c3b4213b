/** A verification as lines for a terminal: what was looked at, the first bad record, what nobody signed yet. */
import type { DatabaseFault, DatabaseReport } from './verify-log.ts';

/** @param now milliseconds since 1970, to tell ages by */
export function reportText(report: DatabaseReport, now: number): string {
  const { chains, rows, tail, newestCheckpoint, newestRow, faults, sound, slice } = report;
  const lines = [
    ...(slice === undefined ? [] : [`slice        ${slice.patient}, from ${slice.from}, before ${slice.before}`]),
    `chains       ${chains}`,
    `rows         ${rows}${newestRow === undefined ? '' : `, the newest ${age(newestRow, now)} old`}`,
    `checkpoints  ${newestCheckpoint === undefined ? 'none' : `${newestCheckpoint.number}, the newest ${age(newestCheckpoint.madeAt, now)} old`}`,
    `uncovered    ${tail.rows} rows${tail.chains.map(({ chain, from, to }) => `\n             chain ${chain}: ${from} to ${to}`).join('')}`,
    ...faults.map((fault, index) => `${index === 0 ? 'FIRST FAULT ' : 'fault       '} ${faultText(fault)}`),
    sound ? 'SOUND: nothing under a checkpoint was changed, removed, put in or moved.' : 'NOT SOUND.',
  ];
  return `${lines.join('\n')}\n`;
}

const WORDS: Record<DatabaseFault['kind'], string> = {
  gap: 'a record before it is missing, or it is out of order',
  content: 'it was changed',
  mac: 'it was not written by a holder of the key',
  forked: 'the chain is another than the one that was signed',
  truncated: 'it was signed, and is missing',
  inserted: 'it is older than the newest checkpoint, which does not cover it',
  signature: 'it is not signed with a key of the installation',
  sequence: 'one before it was changed or is missing',
  'rolled-back': 'an anchor holds it, the log does not: the log was set back',
  orphan: 'it has rows of a record that is not there',
  context: 'a recorded question was changed, or is gone',
  slice: 'it is not what the installation signed, or nobody signed what it must hold',
  file: 'the file is not what the manifest says, or only one of both is there',
};

function faultText(fault: DatabaseFault): string {
  const words = WORDS[fault.kind];
  if ('checkpoint' in fault) return `checkpoint ${fault.checkpoint}: ${words}`;
  if (!('chain' in fault)) return `${fault.id}: ${words}`;
  const { chain, seq, id, after } = fault;
  return `record ${id ?? '(none)'} at ${seq} of chain ${chain}: ${words}${after === undefined ? '' : ` (the same up to ${after})`}`;
}

function age(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  const days = Math.floor(seconds / 86_400);
  return days > 1 ? `${days} days` : seconds > 7200 ? `${Math.floor(seconds / 3600)} hours` : `${seconds} s`;
}
