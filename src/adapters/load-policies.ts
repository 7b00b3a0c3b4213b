/**
 * Reads the policy folder from disk and refuses to start on anything that is wrong in it (design.md 4.3). What the
 * folder holds is data; everything that decides about it is in src/policy.
 */
import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PrivityError } from '../errors.ts';
import type { AttestationRules } from '../policy/attestation-rule.ts';
import { buildFoundation, FOLDERS, type PolicyFoundation, SINGLE_FILES } from '../policy/build-foundation.ts';
import { createEvaluator } from '../policy/create-evaluator.ts';
import { formatProblem } from '../policy/format-problem.ts';
import type { PolicyFile, PolicyProblem, PolicySet } from '../policy/policy-set.ts';
import type { PolicyEvaluator, View } from '../policy/question.ts';
import { readPolicySet } from '../policy/read-policy-set.ts';
import { readSetMetadata, type SetMetadata } from '../policy/read-set-metadata.ts';
import { jurisdictionOf, readState } from '../policy/read-state.ts';
import { validatePolicySet } from '../policy/validate-policy-set.ts';
import { loadStates } from './load-states.ts';

export interface LoadedPolicies {
  readonly evaluator: PolicyEvaluator;
  readonly views: ReadonlyMap<string, View>;
  readonly attestationRules: AttestationRules;
  /** Kinds that only an accounting of disclosures reads. */
  readonly accountingAttestations: AttestationRules;
  /** SHA-256 of everything that can change a decision. */
  readonly version: string;
  readonly foundation: PolicyFoundation;
  /** What the foundation was read from, and its SHA-256. */
  readonly foundationFiles: readonly PolicyFile[];
  readonly foundationVersion: string;
  /** Overlays of state law on disk, switched on or not. */
  readonly jurisdictions: readonly string[];
  /** Organization sets on disk, active or not. */
  readonly organizations: readonly PolicySet[];
  /** Files of those of them that `active` names, by the set's name. */
  readonly activeFiles: ReadonlyMap<string, OrganizationFiles>;
  readonly warnings: readonly PolicyProblem[];
}

export interface OrganizationFiles {
  readonly metadata: SetMetadata;
  /** Cedar, paths relative to the set's folder. */
  readonly files: readonly PolicyFile[];
}

/**
 * @param directory the `policies` folder
 * @param options.active names of the organization sets that are in force; none by default
 * @param options.jurisdictions overlays of state law that are switched on (`US-IL`); none by default
 * @throws PrivityError `policy-invalid` with every error, one a line: file, line, column, what was meant
 */
export async function loadPolicies(
  directory: string,
  { active = [], jurisdictions = [] }: { readonly active?: readonly string[]; readonly jurisdictions?: readonly string[] } = {},
): Promise<LoadedPolicies> {
  const read = [
    ...SINGLE_FILES.map(async (path) => [await readText(directory, path)]),
    ...FOLDERS.map(([folder, extension]) => readFolder(directory, folder, extension)),
  ];
  const [own, states] = await Promise.all([Promise.all(read), loadStates(directory, jurisdictions)]);
  const foundationFiles = [...own.flat(), ...states.inForce];
  const { foundation, attestationRules, accountingAttestations, problems: foundationProblems } = buildFoundation(foundationFiles);
  const organizations = await readOrganizations(directory, foundation.schema, foundation.views);
  const missing = active.filter((name) => !organizations.some(({ set }) => set.name === name));
  const problems = [
    ...foundationProblems,
    ...states.problems,
    ...states.others.flatMap((file) => readState(file, foundation).problems),
    ...organizations.flatMap((organization) => organization.problems),
    ...missing.map((name): PolicyProblem => problemAtTop(`organization/${name}`, 'There is no such policy set.')),
  ];
  refuseErrors(problems);
  const inForce = organizations.filter(({ set }) => active.includes(set.name));
  const version = hashOf([...foundationFiles, ...inForce.flatMap(({ files }) => files)]);
  return {
    evaluator: createEvaluator({ ...foundation, version, organizations: inForce.map(({ set }) => set) }),
    views: foundation.views,
    attestationRules,
    accountingAttestations,
    version,
    foundation,
    foundationFiles,
    foundationVersion: hashOf(foundationFiles),
    organizations: organizations.map(({ set }) => set),
    jurisdictions: [...states.inForce, ...states.others].map(({ path }) => jurisdictionOf(path)).sort(),
    activeFiles: new Map(inForce.flatMap(filesOf)),
    warnings: problems.filter(({ severity }) => severity === 'warning'),
  };
}

function filesOf({ set: { name }, metadata, files }: ReadSet): [string, OrganizationFiles][] {
  const cedar = files.filter(({ path }) => path.endsWith('.cedar'));
  const own = cedar.map(({ path, text }) => ({ path: path.slice(`organization/${name}/`.length), text }));
  return metadata === undefined ? [] : [[name, { metadata, files: own }]];
}

function problemAtTop(file: string, message: string): PolicyProblem {
  return { severity: 'error', file, line: 1, column: 1, message };
}

interface ReadSet {
  readonly set: PolicySet;
  /** Absent where it can't be read. */
  readonly metadata?: SetMetadata | undefined;
  readonly files: readonly PolicyFile[];
  readonly problems: readonly PolicyProblem[];
}

function validated(
  name: string,
  files: readonly PolicyFile[],
  schema: string,
  views: ReadonlyMap<string, View>,
  mode?: PolicySet['mode'],
): ReadSet {
  const { set, problems } = readPolicySet(name, files, mode);
  if (set === undefined) return { set: { name, mode: 'permit-list', statements: [] }, files, problems };
  return { set, files, problems: validatePolicySet(set, { schema, views, kind: 'organization' }) };
}

async function readOrganizations(directory: string, schema: string, views: ReadonlyMap<string, View>): Promise<readonly ReadSet[]> {
  const folders = (await list(directory, 'organization')).filter((entry) => entry.isDirectory());
  return Promise.all(
    folders.map(async ({ name }) => {
      const path = `organization/${name}`;
      const [file, files] = await Promise.all([readText(directory, `${path}/policy-set.yaml`), readFolder(directory, path, '.cedar')]);
      const { metadata, problems } = readSetMetadata(file);
      const misnamed =
        metadata === undefined || metadata.name === name
          ? []
          : [problemAtTop(file.path, `The set "${metadata.name}" stands in the folder "${name}".`)];
      const read = validated(name, files, schema, views, metadata?.mode);
      return { ...read, metadata, files: [file, ...files], problems: [...problems, ...misnamed, ...read.problems] };
    }),
  );
}

async function readFolder(directory: string, folder: string, extension: string): Promise<readonly PolicyFile[]> {
  const names = (await list(directory, folder)).map(({ name }) => name).filter((name) => name.endsWith(extension));
  return Promise.all(names.map((name) => readText(directory, `${folder}/${name}`)));
}

async function list(directory: string, folder: string): Promise<readonly Dirent[]> {
  const entries = await readdir(join(directory, folder), { withFileTypes: true }).catch((cause) => {
    throw new PrivityError('policy-invalid', `${folder}/ can not be read`, { cause });
  });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readText(directory: string, path: string): Promise<PolicyFile> {
  try {
    return { path, text: await readFile(join(directory, path), 'utf8') };
  } catch (cause) {
    throw new PrivityError('policy-invalid', `${path} can not be read`, { cause });
  }
}

function refuseErrors(problems: readonly PolicyProblem[]): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new PrivityError('policy-invalid', errors.map(formatProblem).join('\n'));
}

function hashOf(files: readonly PolicyFile[]): string {
  const hash = createHash('sha256');
  for (const { path, text } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) hash.update(JSON.stringify([path, text]));
  return hash.digest('hex');
}
