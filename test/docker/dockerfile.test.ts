/** The Dockerfile by simple rules, its health check for real, and what .dockerignore lets in. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const root = new URL('../../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');

/** Instructions of the Dockerfile, continuation lines joined: `['RUN', 'npm ci']`. */
const instructions = read('Dockerfile')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1).trim()] as const);
const of = (keyword: string) => instructions.filter(([word]) => word === keyword).map(([, rest]) => rest);
const finalStage = instructions.slice(instructions.findLastIndex(([word]) => word === 'FROM'));

describe('Dockerfile', () => {
  it('builds in three stages on Node 24, pinned', () => {
    expect(of('FROM')).toEqual(['node:24-slim AS dependencies', 'node:24-slim AS console', 'node:24-slim']);
  });

  it('installs from the lock file; development dependencies build the console and stay behind', () => {
    expect(of('RUN').filter((run) => run.includes('npm'))).toEqual([
      'npm ci --omit=dev --no-audit --no-fund',
      'npm ci --no-audit --no-fund',
    ]);
    expect(of('COPY').filter((copy) => copy.startsWith('--from'))).toEqual([
      '--from=dependencies /app/node_modules ./node_modules',
      '--from=console /app/dist ./dist',
    ]);
  });

  it('runs as an ordinary user, by number, set after everything that needs root', () => {
    const user = finalStage.findIndex(([word]) => word === 'USER');
    expect(finalStage[user]?.[1]).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(finalStage.slice(user).filter(([word]) => word === 'RUN' || word === 'COPY')).toEqual([]);
  });

  it('starts the gateway without a shell', () => {
    const [entrypoint, command] = [of('ENTRYPOINT'), of('CMD')].map((rows) => JSON.parse(rows.at(-1) ?? 'null'));
    expect([...entrypoint, ...command].join(' ')).toBe(packageJson.scripts.start);
  });

  it('writes below /data alone, fetches nothing, holds no secret', () => {
    expect(of('VOLUME')).toEqual(['["/data"]']);
    expect(of('ADD')).toEqual([]);
    expect(of('ARG')).toEqual([]);
    expect(of('ENV').join(' ')).toContain('NODE_ENV=production');
    expect(of('ENV').join(' ')).not.toMatch(/password|secret|token|key/i);
    expect(of('LABEL').join(' ')).toContain('org.opencontainers.image.licenses="Apache-2.0"');
  });
});

describe('its health check', () => {
  const [node, ...args] = JSON.parse(of('HEALTHCHECK')[0]?.replace(/^.*?CMD /, '') ?? '[]') as string[];

  async function check(status: number | 'nobody'): Promise<number | null> {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(status === 'nobody' ? 500 : status).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    if (status === 'nobody') server.close();
    const child = spawn(process.execPath, args, { env: { PRIVITY_SERVER_PORT: String(port) }, stdio: 'ignore' });
    const [code] = (await once(child, 'exit')) as [number | null];
    server.close();
    if (status !== 'nobody') expect(asked).toEqual(['/livez']);
    return code;
  }

  it.each([
    ['the gateway lives', 200, 0],
    ['the gateway says that it does not', 503, 1],
    ['nobody listens', 'nobody', 1],
  ] as const)('%s', async (_case, status, code) => {
    expect(node).toBe('node');
    expect(await check(status)).toBe(code);
  });
});

describe('.dockerignore', () => {
  const lines = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  it('lets in by name only', () => {
    expect(lines[0]).toBe('*');
    expect(lines.filter((line) => line.startsWith('!')).sort()).toEqual([
      '!LICENSE',
      '!NOTICE',
      '!openapi.yaml',
      '!package-lock.json',
      '!package.json',
      '!policies',
      '!scripts/build-console.ts',
      '!src',
      '!tsconfig.json',
      '!vite.config.ts',
    ]);
  });

  it('and what the image needs is there', () => {
    for (const name of [
      'src',
      'policies',
      'scripts/build-console.ts',
      'vite.config.ts',
      'tsconfig.json',
      'package.json',
      'package-lock.json',
      'LICENSE',
      'NOTICE',
    ])
      expect([name, existsSync(new URL(name, root))]).toEqual([name, true]);
  });
});

it('LICENSE is the whole Apache License 2.0', () => {
  const licence = read('LICENSE');
  for (const part of [
    'Version 2.0, January 2004',
    '9. Accepting Warranty or Additional Liability',
    'END OF TERMS AND CONDITIONS',
    'APPENDIX',
  ])
    expect(licence).toContain(part);
  expect(read('NOTICE')).toMatch(/LOINC[\s\S]*SNOMED[\s\S]*RxNorm[\s\S]*CPT/);
});
