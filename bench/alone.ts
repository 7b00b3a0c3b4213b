/** A child that measures the parts alone: in a process that did nothing else before, as its heap would have it remember. */
import { argument, serveParent } from './children.ts';
import { micro } from './micro.ts';

const { seconds } = argument<{ readonly seconds: number }>();
serveParent(
  '',
  async () => undefined,
  async () => micro(seconds),
);
