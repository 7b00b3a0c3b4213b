/**
 * A checkpoint: what the installation signs about its log (design.md section 5). It names the head of every chain that
 * moved since the checkpoint before it, and that checkpoint by its digest; together they cover the head of every chain.
 */
import * as z from 'zod';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const whole = z.int().min(0);

const place = z.strictObject({ seq: whole, hash: hex });
const chainHead = z.strictObject({
  chain: z.uuid(),
  seq: whole,
  hash: hex,
  /** Where what is kept begins: the last record before it, purged under this very checkpoint or an earlier one. */
  from: place.optional(),
});

const checkpoint = z.strictObject({
  version: z.literal(1),
  /** 1 for the first. */
  number: z.int().min(1),
  /** ISO 8601, UTC, milliseconds. */
  madeAt: z.iso.datetime({ precision: 3 }),
  /** SHA-256 of the signed text of the checkpoint before; `null` for the first. */
  previous: hex.nullable(),
  heads: z.array(chainHead),
  /** Chains and records that are covered by this checkpoint and those before it. */
  chains: whole,
  rows: whole,
});

export type ChainHead = Readonly<z.output<typeof chainHead>>;
export type Checkpoint = Readonly<Omit<z.output<typeof checkpoint>, 'heads'>> & { readonly heads: readonly ChainHead[] };

/** JWS header `typ` of a checkpoint. */
export const CHECKPOINT_TYPE = 'privity-checkpoint';

/** @returns `undefined` for what is not a checkpoint of this version */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  try {
    return checkpoint.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
