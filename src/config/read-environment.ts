/**
 * Every scalar of the configuration as an environment variable (design.md section 6): `PRIVITY_SERVER_PORT` is
 * `server.port`, `PRIVITY_SERVER_PUBLIC_URL` or `…_PUBLICURL` is `server.publicUrl`, `PRIVITY_IDENTITY_ISSUERS_0_JWKS_URI`
 * is `identity.issuers[0].jwksUri`. The schema itself says what settings there are and which text is a number.
 */
import * as z from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;
type Path = readonly (string | number)[];

export interface EnvironmentSetting {
  readonly name: string;
  readonly path: Path;
  readonly value: string | number | boolean;
}

const PREFIX = 'PRIVITY_';
const plain = (text: string) => text.replace(/[^A-Za-z0-9]/g, '').toUpperCase();

/** Takes defaults, optionals and transforms off. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const { def } = schema._zod as { def: { type: string; innerType?: z.core.$ZodType; in?: z.core.$ZodType } };
  const inner = def.innerType ?? (def.type === 'pipe' ? def.in : undefined);
  return inner === undefined ? schema : bare(inner);
}

/** The settings that a variable's words can mean below a schema: `['PUBLIC', 'URL']` -> `publicUrl`. */
function* settingsAt(wrapped: z.core.$ZodType, words: readonly string[], path: Path): Generator<{ path: Path; leaf: z.core.$ZodType }> {
  const schema = bare(wrapped);
  if (schema instanceof z.ZodObject) {
    for (let length = 1; length <= words.length; length += 1) {
      const name = plain(words.slice(0, length).join(''));
      for (const [key, inner] of Object.entries(schema.shape)) {
        if (plain(key) === name) yield* settingsAt(inner as z.core.$ZodType, words.slice(length), [...path, key]);
      }
    }
  } else if (schema instanceof z.ZodArray) {
    const [index = '', ...rest] = words;
    if (/^\d{1,3}$/.test(index)) yield* settingsAt(schema.element as z.core.$ZodType, rest, [...path, Number(index)]);
  } else if (schema instanceof z.ZodUnion) {
    for (const option of schema.options) yield* settingsAt(option as z.core.$ZodType, words, path);
  } else if (words.length === 0 && !(schema instanceof z.ZodRecord)) yield { path, leaf: schema };
}

function valueFor(leaf: z.core.$ZodType, text: string): EnvironmentSetting['value'] {
  if (leaf instanceof z.ZodNumber && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (leaf instanceof z.ZodBoolean && /^(?:true|false)$/.test(text)) return text === 'true';
  return text;
}

/**
 * @param schema the configuration's schema
 * @returns what the environment sets, and the variables of a known section that name no setting (a typo must not pass)
 */
export function readEnvironment(
  schema: z.ZodObject,
  environment: Environment,
): { readonly settings: readonly EnvironmentSetting[]; readonly unknown: readonly string[] } {
  const settings: EnvironmentSetting[] = [];
  const unknown: string[] = [];
  const sections = new Set(Object.keys(schema.shape).map(plain));
  for (const [name, text] of Object.entries(environment)) {
    const words = name.startsWith(PREFIX) ? name.slice(PREFIX.length).split('_') : [];
    // Others share the prefix: PRIVITY_CONFIG, and what Kubernetes sets for a service called privity (PRIVITY_PORT).
    if (text === undefined || !sections.has(words[0] ?? '') || words.length < 2) continue;
    const [found] = settingsAt(schema, words, []);
    if (found === undefined) unknown.push(name);
    else settings.push({ name, path: found.path, value: valueFor(found.leaf, text) });
  }
  return { settings, unknown };
}
