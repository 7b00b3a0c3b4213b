/** What is asked, how often, by how many: the whole matrix, the short run, and the smallest that still has every part. */

export interface Scenario {
  /** `read 2 KB`, `100 entries, one in ten withheld`. */
  readonly name: string;
  /** Below the FHIR base. */
  readonly path: string;
  readonly connections: number;
  /** The contestant that it is held against, and the bar (design.md section 7). */
  readonly against: 'pass-through' | 'parse + stringify';
  readonly bar?: number;
}

export interface Plan {
  readonly scenarios: readonly Scenario[];
  readonly rounds: number;
  readonly seconds: number;
  /** Seconds, before each scenario and for each contestant: what is compared is warm. */
  readonly warmUp: number;
}

const WITHHELD = { none: 'nothing withheld', tenth: 'one in ten withheld', all: 'each redacted' } as const;

function read(connections: number, fresh = ''): Scenario {
  const bar = connections === 10 && fresh === '' ? { bar: 0.7 } : {};
  const name = `read 2 KB${fresh === '' ? '' : ', never seen before'}`;
  return { name, path: `Observation/p-1-none${fresh}-o1`, connections, against: 'pass-through', ...bar };
}

function search(entries: number, outcome: keyof typeof WITHHELD, connections: number, fresh = ''): Scenario {
  const bar = entries === 100 && outcome === 'none' && connections === 10 ? { bar: fresh === '' ? 2.5 : 1.2 } : {};
  return {
    name: `${entries} entries, ${WITHHELD[outcome]}${fresh === '' ? '' : ', never seen before'}`,
    path: `Observation?patient=p-${entries}-${outcome}${fresh}&_count=${entries}`,
    connections,
    against: 'parse + stringify',
    ...bar,
  };
}

export function planOf(size: 'whole' | 'quick' | 'smallest'): Plan {
  if (size === 'smallest') return { scenarios: [read(2), search(20, 'tenth', 2)], rounds: 1, seconds: 0.2, warmUp: 0.2 };
  const counts = size === 'quick' ? [10] : [1, 10, 100];
  const sizes = size === 'quick' ? [100] : [20, 100, 1000];
  const outcomes = ['none', 'tenth', 'all'] as const;
  const scenarios = counts.flatMap((connections) => [
    read(connections),
    read(connections, '-fresh'),
    ...sizes.flatMap((entries) => [
      ...outcomes.map((outcome) => search(entries, outcome, connections)),
      search(entries, 'none', connections, '-fresh'),
    ]),
  ]);
  return { scenarios, rounds: 3, seconds: size === 'quick' ? 1 : 1.5, warmUp: size === 'quick' ? 1 : 2 };
}
