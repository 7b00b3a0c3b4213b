/** Going through a grid with the arrow keys: one stop for Tab, Home and End within a row, with Ctrl to the corners (WAI-ARIA grid). */
import { type KeyboardEvent, useRef, useState } from 'react';

interface Spot {
  readonly row: number;
  readonly column: number;
}

export interface GridKeys {
  readonly ref: React.RefObject<HTMLTableElement | null>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** Of the button in a cell. */
  readonly cell: (
    row: number,
    column: number,
  ) => {
    readonly tabIndex: number;
    readonly 'data-spot': string;
    readonly onFocus: () => void;
  };
}

export function useGridKeys(rows: number, columns: number): GridKeys {
  const ref = useRef<HTMLTableElement>(null);
  const [wanted, setSpot] = useState<Spot>({ row: 0, column: 0 });
  // Rows may have gone since.
  const spot = { row: Math.min(wanted.row, rows - 1), column: Math.min(wanted.column, columns - 1) };
  const go = ({ row, column }: Spot) => {
    const next = { row: clamp(row, rows), column: clamp(column, columns) };
    ref.current?.querySelector<HTMLElement>(`[data-spot="${next.row}-${next.column}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = target(event, spot, rows, columns);
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  };
  return {
    ref,
    onKeyDown,
    cell: (row, column) => ({
      tabIndex: row === spot.row && column === spot.column ? 0 : -1,
      'data-spot': `${row}-${column}`,
      onFocus: () => setSpot({ row, column }),
    }),
  };
}

function target({ key, ctrlKey }: KeyboardEvent, { row, column }: Spot, rows: number, columns: number): Spot | undefined {
  switch (key) {
    case 'ArrowUp':
      return { row: row - 1, column };
    case 'ArrowDown':
      return { row: row + 1, column };
    case 'ArrowLeft':
      return { row, column: column - 1 };
    case 'ArrowRight':
      return { row, column: column + 1 };
    case 'Home':
      return { row: ctrlKey ? 0 : row, column: 0 };
    case 'End':
      return { row: ctrlKey ? rows - 1 : row, column: columns - 1 };
    default:
      return undefined;
  }
}

const clamp = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));
