/** What the demo prints: who is there, what the same requests gave to each, and lines to try oneself. */
import type { Persona } from './personas.ts';
import type { TourResult } from './take-tour.ts';

export interface BannerParts {
  readonly url: string;
  /** File with the tokens as shell variables. */
  readonly file: string;
  readonly personas: readonly Persona[];
  readonly tokens: ReadonlyMap<string, string>;
  readonly stops: readonly TourResult[];
}

export function bannerText({ url, file, personas, tokens, stops }: BannerParts): string {
  const people = personas.map(({ id, name, description }) => `  ${id.padEnd(20)} ${name.padEnd(20)} ${description}`);
  const tour = stops.map((stop) => `  ${stop.title}\n    ${stop.status}  ${stop.got}\n    ${stop.expect}`);
  return `
Privity on ${url}    API: ${url}/docs    Console: ${url}/console/

Who is there (tokens for a day)
${people.join('\n')}

Tokens, as shell variables: run  . ${file}  in another terminal
${[...tokens].map(([id, token]) => `${variableOf(id)}=${token}`).join('\n')}

The same request, answered differently
${tour.join('\n')}

Try it yourself
  . ${file}
${stops.map((stop) => `  ${curlLine(url, stop)}`).join('\n')}

An administrator's day, from a draft with a mistake to its roll-back: run  npm run demo:admin-tour  in another terminal

Stop with Ctrl-C.
`;
}

/** Shell variable of a persona's token: `FAMILY_PHYSICIAN`. */
export function variableOf(persona: string): string {
  return persona.toUpperCase().replaceAll('-', '_');
}

function curlLine(url: string, { persona, path, headers = {} }: TourResult): string {
  const extra = Object.entries(headers).map(([name, value]) => ` -H "${name}: ${value}"`);
  return `curl -s "${url}${path}" -H "Authorization: Bearer $${variableOf(persona)}"${extra.join('')}`;
}
