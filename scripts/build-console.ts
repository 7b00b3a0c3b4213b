/**
 * Builds the console into dist/console: `npm ci` runs it (`prepare`). Without the development dependencies there is nothing to
 * build it with: that is said, and is no failure, for the gateway runs without it. Needs no network.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const ROOT = path.resolve(import.meta.dirname, '..');
const ASSETS = path.join(ROOT, 'dist/console/assets');
const WORTH_BYTES = 1024;

const needed = ['vite', '@vitejs/plugin-react', 'react', '@mantine/core'];
const missing = needed.filter((name) => !existsSync(path.join(ROOT, 'node_modules', name, 'package.json')));
if (missing.length > 0 || !existsSync(path.join(ROOT, 'src/console'))) {
  const why = missing.length > 0 ? `development dependencies are not installed (${missing.join(', ')})` : 'its source is not here';
  process.stdout.write(`console: not built, ${why}\n`);
} else {
  const { build } = await import('vite');
  await build({ configFile: path.join(ROOT, 'vite.config.ts'), logLevel: 'warn', root: path.join(ROOT, 'src/console') });
  const files = readdirSync(ASSETS).filter((name) => /\.(js|css|svg)$/.test(name));
  for (const name of files) compress(path.join(ASSETS, name));
  process.stdout.write(`console: built, ${files.length} files\n`);
}

/** Beside each file, for @fastify/static to choose from. */
function compress(file: string): void {
  const bytes = readFileSync(file);
  if (bytes.length < WORTH_BYTES) return;
  writeFileSync(`${file}.br`, brotliCompressSync(bytes));
  writeFileSync(`${file}.gz`, gzipSync(bytes));
}
