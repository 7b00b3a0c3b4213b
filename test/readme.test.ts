/** The README is true where it can be held to the code: what is refused, the commands, the settings, the files it links to. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../src/config/schema.ts';
import { REFUSED_READING } from '../src/gateway/refused-reading.ts';

const readme = readFileSync('README.md', 'utf8');
const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const cell = (text: string) => text.replaceAll('|', '\\|');

describe('README', () => {
  it.each(REFUSED_READING.map(([what, why]) => ({ what, why })))('says that $what is refused, and why', ({ what, why }) => {
    expect(readme).toContain(`| ${cell(what)} | ${cell(why)} |`);
  });

  it('names npm scripts that exist', () => {
    const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => packageJson.scripts[name] === undefined)).toEqual([]);
  });

  it('names privity commands that exist', () => {
    const main = readFileSync('src/main.ts', 'utf8');
    const named = new Set([...readme.matchAll(/npx privity (\w+)/g)].map((match) => match[1] ?? ''));
    expect([...named].filter((name) => !main.includes(`case '${name}'`))).toEqual([]);
  });

  it('links to files that exist', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !existsSync(link))).toEqual([]);
  });

  it('describes every section of the configuration', () => {
    const sections = Object.keys(configSchema.shape).filter((name) => !['log'].includes(name));
    expect(sections.filter((name) => !new RegExp(`\\| \`${name}(\\.|\`)`).test(readme))).toEqual([]);
  });
});
