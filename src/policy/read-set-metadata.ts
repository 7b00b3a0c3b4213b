/** Reads what an organization says about its policy set: `policies/organization/<name>/policy-set.yaml`. */
import { z } from 'zod';
import type { PolicyFile, PolicyProblem, PolicySetMode } from './policy-set.ts';
import { readYaml } from './read-yaml.ts';

const MODES = ['baseline', 'permit-list'] as const satisfies readonly PolicySetMode[];

const Metadata = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  title: z.string().min(1),
  description: z.string().default(''),
  mode: z.enum(MODES).default('baseline'),
});

export type SetMetadata = z.infer<typeof Metadata>;

export function readSetMetadata(file: PolicyFile): { readonly metadata?: SetMetadata; readonly problems: readonly PolicyProblem[] } {
  const { value, problems } = readYaml(file, Metadata);
  return value === undefined ? { problems } : { metadata: value, problems };
}
