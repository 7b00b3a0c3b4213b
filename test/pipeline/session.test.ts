/** Labels and policy of one request are of one moment: what is put in force meanwhile and taken back again leaves no mark on it. */
import { expect, test } from 'vitest';
import { openSession, type PipelineDeps } from '../../src/pipeline/session.ts';
import type { Classify } from '../../src/ports.ts';
import type { Requester } from '../../src/requester/requester.ts';
import { shipped } from '../policy/shipped.ts';

test('a request classifies as of its beginning', () => {
  const [old, young]: readonly Classify[] = [() => ({}) as never, () => ({}) as never];
  let now = old as Classify;
  const deps = {
    policies: { current: () => ({ evaluator: shipped.evaluator, views: shipped.views, classify: now }) },
    classify: () => undefined as never,
    clock: { now: () => 0 },
  } as unknown as PipelineDeps;
  const session = openSession(deps, {} as Requester);
  now = young as Classify;
  expect(session.deps.classify).toBe(old);
  expect(openSession(deps, {} as Requester).deps.classify).toBe(young);
});
