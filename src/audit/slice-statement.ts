/**
 * What the installation signs about a slice of its log: whose records of which period it is, and which records of which chains are
 * in it, so that nothing can be left out of it unnoticed (45 CFR 164.312(c)); heads alone would not miss the records between them.
 */
import * as z from 'zod';

const whole = z.int().min(0);

const statement = z.strictObject({
  version: z.literal(1),
  /** `Patient/p1`. */
  patient: z.string(),
  /** ISO instants; from is inclusive, before exclusive. */
  from: z.string(),
  before: z.string(),
  ranges: z.array(z.strictObject({ chain: z.uuid(), after: whole, through: whole })),
  /** SHA-256 of its other lines. */
  digest: z.string(),
});

export type SliceStatement = Readonly<z.output<typeof statement>>;
/** Every record of the chain after one place, up to and with another. */
export type SliceRange = Readonly<SliceStatement['ranges'][number]>;

/** JWS header `typ` of a statement: what is signed as something else is none. */
export const SLICE_TYPE = 'privity-slice';

/** @returns `undefined` for what is not a statement of this version */
export function parseSliceStatement(text: string): SliceStatement | undefined {
  try {
    return statement.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
