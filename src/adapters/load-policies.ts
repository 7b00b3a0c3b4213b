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
import { createEvaluator, type EvaluatorParts } from '../policy/create-evaluator.ts';
import { formatProblem } from '../policy/format-problem.ts';
import type { PolicyFile, PolicyProblem, PolicySet } from '../policy/policy-set.ts';
import type { PolicyEvaluator, View } from '../policy/question.ts';
import { readAttestationRules } from '../policy/read-attestation-rules.ts';
import { readDefaults } from '../policy/read-defaults.ts';
import { readPolicySet } from '../policy/read-policy-set.ts';
import { readSetMetadata } from '../policy/read-set-metadata.ts';
import { readViews } from '../policy/read-views.ts';
import { type ValidateOptions, validatePolicySet } from '../policy/validate-policy-set.ts';

/** What every evaluator of this installation shares: all but the organization sets and the version. */
export type PolicyFoundation = Omit<EvaluatorParts, 'organizations' | 'version'>;

export interface LoadedPolicies {
  readonly evaluator: PolicyEvaluator;
  readonly views: ReadonlyMap<string, View>;
  readonly attestationRules: AttestationRules;
  /** SHA-256 of everything that can change a decision. */
  readonly version: string;
  readonly foundation: PolicyFoundation;
  /** Organization sets on disk, active or not. */
  readonly organizations: readonly PolicySet[];
  readonly warnings: readonly PolicyProblem[];
}

/**
 * @param directory the `policies` folder
 * @param options.active names of the organization sets that are in force; none by default
 * @throws PrivityError `policy-invalid` with every error, one a line: file, line, column, what was meant
 */
export async function loadPolicies(directory: string, options: { readonly active?: readonly string[] } = {}): Promise<LoadedPolicies> {
  const active = options.active ?? [];
  const one = (path: string) => readText(directory, path);
  const [schema, defaultsFile, attestationFile] = await Promise.all([
    one('schema.cedarschema'),
    one('law/defaults.json'),
    one('attestations.yaml'),
  ]);
  const [lawFiles, baselineFiles, viewFiles] = await Promise.all([
    readFolder(directory, 'law', '.cedar'),
    readFolder(directory, 'baseline', '.cedar'),
    readFolder(directory, 'views', '.yaml'),
  ]);
  const { views, problems: viewProblems } = readViews(viewFiles);
  const { rules, problems: attestationProblems } = readAttestationRules(attestationFile);
  const { rows, problems: defaultProblems } = readDefaults(defaultsFile);
  const law = validated('law', lawFiles, schema.text, views, 'law');
  const baseline = validated('baseline', baselineFiles, schema.text, views, 'baseline');
  const organizations = await readOrganizations(directory, schema.text, views);
  const missing = active.filter((name) => !organizations.some(({ set }) => set.name === name));
  const problems = [
    ...viewProblems,
    ...attestationProblems,
    ...defaultProblems,
    ...law.problems,
    ...baseline.problems,
    ...organizations.flatMap((organization) => organization.problems),
    ...missing.map(
      (name): PolicyProblem => ({
        severity: 'error',
        file: `organization/${name}`,
        line: 1,
        column: 1,
        message: 'There is no such policy set.',
      }),
    ),
  ];
  refuseErrors(problems);
  const inForce = organizations.filter(({ set }) => active.includes(set.name));
  const version = hashOf([
    schema,
    defaultsFile,
    attestationFile,
    ...lawFiles,
    ...baselineFiles,
    ...viewFiles,
    ...inForce.flatMap(({ files }) => files),
  ]);
  const foundation: PolicyFoundation = { schema: schema.text, law: law.set, baseline: baseline.set, defaults: rows, views };
  return {
    evaluator: createEvaluator({ ...foundation, version, organizations: inForce.map(({ set }) => set) }),
    views,
    attestationRules: rules,
    version,
    foundation,
    organizations: organizations.map(({ set }) => set),
    warnings: problems.filter(({ severity }) => severity === 'warning'),
  };
}

interface ReadSet {
  readonly set: PolicySet;
  readonly files: readonly PolicyFile[];
  readonly problems: readonly PolicyProblem[];
}

function validated(
  name: string,
  files: readonly PolicyFile[],
  schema: string,
  views: ReadonlyMap<string, View>,
  kind: NonNullable<ValidateOptions['kind']>,
  mode?: PolicySet['mode'],
): ReadSet {
  const { set, problems } = readPolicySet(name, files, mode);
  if (set === undefined) return { set: { name, mode: 'permit-list', statements: [] }, files, problems };
  return { set, files, problems: validatePolicySet(set, { schema, views, kind }) };
}

async function readOrganizations(directory: string, schema: string, views: ReadonlyMap<string, View>): Promise<readonly ReadSet[]> {
  const folders = (await list(directory, 'organization')).filter((entry) => entry.isDirectory());
  return Promise.all(
    folders.map(async ({ name }) => {
      const path = `organization/${name}`;
      const [file, files] = await Promise.all([readText(directory, `${path}/policy-set.yaml`), readFolder(directory, path, '.cedar')]);
      const { metadata, problems } = readSetMetadata(file);
      const misnamed: PolicyProblem[] =
        metadata === undefined || metadata.name === name
          ? []
          : [
              {
                severity: 'error',
                file: file.path,
                line: 1,
                column: 1,
                message: `The set "${metadata.name}" stands in the folder "${name}".`,
              },
            ];
      const read = validated(name, files, schema, views, 'organization', metadata?.mode);
      return { ...read, files: [file, ...files], problems: [...problems, ...misnamed, ...read.problems] };
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
