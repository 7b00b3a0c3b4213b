/**
 * Debian's Chromium, driven by Playwright: a page that notes whatever it should not do (errors in its console, requests to
 * elsewhere, violations of its content policy), and axe to judge what it shows.
 */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { TestConsole } from './console.ts';

const CHROMIUM = process.env.PRIVITY_CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
export const hasBrowser = existsSync(CHROMIUM);
if (!hasBrowser) console.info(`skipped: the console in a browser (there is no ${CHROMIUM}; apt-get install chromium)`);

export type Scheme = 'light' | 'dark';
export const SIZES = { desktop: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } } as const;

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What it did that it should not, as it happened. */
  readonly faults: string[];
  close(): Promise<void>;
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
}

/** A browser of its own for somebody, not signed in. */
export async function visit(
  browser: Browser,
  { url, provider }: TestConsole,
  { scheme = 'light', size = 'desktop' }: { readonly scheme?: Scheme; readonly size?: keyof typeof SIZES } = {},
): Promise<Visit> {
  const context = await browser.newContext({ colorScheme: scheme, viewport: SIZES[size], locale: 'en-US', timezoneId: 'America/New_York' });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    // What the provider's own pages do is not the console's.
    if (message.location().url.startsWith(provider.issuer)) return;
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    const signsIn = origin === provider.issuer && request.isNavigationRequest();
    if (origin !== url && !signsIn && protocol !== 'data:' && protocol !== 'blob:') faults.push(`request to ${origin}`);
  });
  await context.exposeFunction('privityPolicyBroken', (what: string) => void faults.push(`policy: ${what}`));
  await context.addInitScript(() => {
    const { privityPolicyBroken } = globalThis as unknown as { privityPolicyBroken: (what: string) => void };
    addEventListener('securitypolicyviolation', (event) => privityPolicyBroken(`${event.effectiveDirective} ${event.blockedURI}`));
  });
  return { page, context, faults, close: () => context.close() };
}

/** By the buttons that a person would press. */
export async function signInAs(page: Page, { url }: TestConsole, who: string, to = '/'): Promise<void> {
  await page.goto(`${url}/console${to}`);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: who, exact: true }).click();
  await settled(page);
}

/** The view is there, and nothing in it is still loading. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null && !/Loading .*…/.test(document.body.innerText));
}

/** What axe finds wrong (WCAG 2.2 A, AA and best practices), a line each. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  // By the debugger, which no content policy holds up; the page's own scripts can not do this.
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe: own } = globalThis as unknown as { axe: typeof axe };
    return (await own.run(document)).violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ html, target }) => `${target} ${html.slice(0, 200)}`),
    }));
  });
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node}`));
}

const SHOTS = path.resolve(import.meta.dirname, '../console/screenshots');

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`), fullPage: true, animations: 'disabled' });
}
