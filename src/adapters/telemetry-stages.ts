/** How long each stage of one request took: what overlaps is counted once, so that no stage takes longer than its request. */
import type { Stage, TakeTime } from '../ports.ts';

export interface StageTime {
  readonly stage: Stage;
  /** Milliseconds, by the clock that was given. */
  readonly first: number;
  readonly last: number;
  readonly busy: number;
  readonly calls: number;
}

export interface StageTimes {
  readonly take: TakeTime;
  /** Of the stages that were entered, in that order. What runs still is not in it. */
  times(): readonly StageTime[];
}

interface Running extends StageTime {
  last: number;
  busy: number;
  calls: number;
  active: number;
  since: number;
}

/** @param now milliseconds that never go back */
export function createStageTimes(now: () => number): StageTimes {
  const stages = new Map<Stage, Running>();

  const enter = (stage: Stage): Running => {
    const at = now();
    let running = stages.get(stage);
    if (running === undefined) {
      running = { stage, first: at, last: at, busy: 0, calls: 0, active: 0, since: at };
      stages.set(stage, running);
    }
    if (running.active === 0) running.since = at;
    running.active += 1;
    running.calls += 1;
    return running;
  };
  const leave = (running: Running) => {
    running.active -= 1;
    if (running.active > 0) return;
    running.last = now();
    running.busy += running.last - running.since;
  };

  return {
    take(stage, step) {
      const running = enter(stage);
      let given: ReturnType<typeof step>;
      try {
        given = step();
      } catch (error) {
        leave(running);
        throw error;
      }
      if (!(given instanceof Promise)) {
        leave(running);
        return given;
      }
      const left = () => leave(running);
      given.then(left, left);
      return given;
    },
    times: () => [...stages.values()],
  };
}
