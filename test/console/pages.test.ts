/**
 * The console in a real browser, as people use it: each page in both themes and two widths without an accessibility fault, an
 * error, a request to elsewhere or a breach of its policy; then the journeys.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  axeFaults,
  hasBrowser,
  openBrowser,
  type Scheme,
  SIZES,
  screenshot,
  settled,
  signInAs,
  type Visit,
  visit,
} from '../support/browser.ts';
import { startConsole, type TestConsole } from '../support/console.ts';
import { ownerOf } from '../support/database.ts';

let site: TestConsole;
let browser: Browser;
let open: Visit[] = [];

beforeAll(async () => {
  if (!hasBrowser) return;
  site = await startConsole();
  browser = await openBrowser();
  const glass = { 'x-purpose-of-use': 'BTG', 'x-break-glass': 'unconscious in the emergency room' };
  for (const [who, path, headers] of [
    ['therapist', '/fhir/DocumentReference?patient=maria'],
    ['family-physician', '/fhir/DocumentReference?patient=maria'],
    ['family-physician', '/fhir/Condition?patient=aisha'],
    ['family-physician', '/fhir/Encounter/mixed-visit'],
    ['billing', '/fhir/Encounter/mixed-visit'],
    ['payer', '/fhir/Claim/mixed-visit-claim'],
    ['patient', '/fhir/DocumentReference?patient=maria'],
    ['researcher', '/fhir/Condition?patient=robert'],
    ['emergency-physician', '/fhir/Condition?patient=maria', glass],
    ['emergency-physician', '/fhir/MedicationRequest/james-methadone', glass],
    [
      'emergency-physician',
      '/fhir/DocumentReference/maria-therapy-note-12',
      { ...glass, 'x-attestation': 'PN-14; said on the phone that she kills him tonight' },
    ],
  ] as const)
    await site.record(who, path, headers);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});
afterEach(async () => {
  const faults = open.flatMap((one) => one.faults);
  await Promise.all(open.map((one) => one.close()));
  open = [];
  expect(faults).toEqual([]);
});

async function come(who: string, to = '/', options: Parameters<typeof visit>[2] = {}): Promise<Page> {
  const one = await visit(browser, site, options);
  open.push(one);
  await signInAs(one.page, site, who, to);
  return one.page;
}

async function sql<T>(work: (owner: ReturnType<typeof ownerOf>) => Promise<T>): Promise<T> {
  const owner = ownerOf(site.clinic.dataDir);
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}

/** Views with something in them: name of the screenshot, address, what to wait for. */
const VIEWS: readonly (readonly [name: string, to: () => Promise<string> | string])[] = [
  ['overview', () => '/'],
  ['log', () => '/log'],
  ['timeline', () => '/log?view=timeline&patient=maria'],
  [
    'event',
    async () =>
      `/log/${await idOf("select id from event where interaction = 'search-type' and requester_id = 'family-physician' order by recorded_at limit 1")}`,
  ],
  ['accounting', () => '/log/accounting?patient=maria&list=all'],
  ['proof', () => '/log/proof'],
  ['reviews', () => '/reviews'],
  ['review', async () => `/reviews/${await idOf("select id from review where kind = 'break-glass' order by opened_at limit 1")}`],
  ['review-attested', async () => `/reviews/${await judged()}`],
];

/** Of the access that somebody attested something for. */
const judged = () =>
  idOf(`select r.id from review r join event e on e.id = r.event_id
    where r.kind = 'human-approval' and e.attestations::text like '%PN-14%' limit 1`);

async function idOf(query: string): Promise<string> {
  const [row] = await sql((owner) => owner.unsafe<{ id: string }[]>(query));
  return row?.id ?? '';
}

describe.skipIf(!hasBrowser)('every page', () => {
  const looks = (['light', 'dark'] as const).flatMap((scheme) => (['desktop', 'phone'] as const).map((size) => [scheme, size] as const));

  test.each(looks)('%s, %s: no accessibility fault', { timeout: 180_000 }, async (scheme: Scheme, size: keyof typeof SIZES) => {
    const one = await visit(browser, site, { scheme, size });
    open.push(one);
    const { page } = one;
    await page.goto(`${site.url}/console/`);
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    const found: string[] = (await axeFaults(page)).map((fault) => `sign-in ${fault}`);
    await screenshot(page, `sign-in-${scheme}-${size}`);
    await signInAs(page, site, 'privacy-officer');
    for (const [name, to] of VIEWS) {
      await page.goto(`${site.url}/console${await to()}`);
      await settled(page);
      found.push(...(await axeFaults(page)).map((fault) => `${name} ${fault}`));
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > SIZES[size].width) found.push(`${name}: wider than the screen (${width})`);
      await screenshot(page, `${name}-${scheme}-${size}`);
    }
    expect(found).toEqual([]);
  });
});

/** A list, how it is opened, and an option that is in it. */
const LISTS: readonly (readonly [name: string, to: string, field: string, typed: string, option: string])[] = [
  ['patients', '/log', 'Patient', 'mar', 'Patient/maria'],
  ['kinds', '/log', 'Kind', '', 'Requests'],
  ['people', '/explain', 'Who asks', '', 'treating provider'],
  ['roles', '/explain', 'Roles', '', 'Treating provider'],
];

const MENUS: readonly (readonly [name: string, to: string, button: string | RegExp])[] = [
  ['colours', '/', 'Colours'],
  ['person', '/', /Signed in as/],
  ['export', '/log', 'Export'],
];

describe.skipIf(!hasBrowser)('an open list', () => {
  test.each([
    ['light', 'desktop'],
    ['dark', 'phone'],
  ] as const)('%s, %s: no accessibility fault', async (scheme: Scheme, size: keyof typeof SIZES) => {
    const one = await visit(browser, site, { scheme, size });
    open.push(one);
    const { page } = one;
    await signInAs(page, site, 'privacy-officer');
    const found: string[] = [];
    for (const [name, to, field, typed, option] of LISTS) {
      await page.goto(`${site.url}/console${to}`);
      await settled(page);
      const input = page.getByRole('combobox', { name: field, exact: true });
      await input.click();
      if (typed !== '') await input.fill(typed);
      await page.getByRole('option', { name: option }).first().waitFor();
      found.push(...(await axeFaults(page)).map((fault) => `${name} ${fault}`));
      await screenshot(page, `list-${name}-${scheme}-${size}`);
    }
    for (const [name, to, button] of MENUS) {
      await page.goto(`${site.url}/console${to}`);
      await settled(page);
      await page.getByRole('button', { name: button }).click();
      await page.getByRole('menuitem').first().waitFor();
      found.push(...(await axeFaults(page)).map((fault) => `${name} ${fault}`));
      await screenshot(page, `menu-${name}-${scheme}-${size}`);
    }
    expect(found).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('a visitor', () => {
  test('who is not signed in sees the way in, and lands where he wanted to go', async () => {
    const page = await come('auditor', '/log?patient=maria');
    expect(page.url()).toBe(`${site.url}/console/log?patient=maria`);
    expect(await page.getByRole('combobox', { name: 'Patient' }).inputValue()).toBe('maria');
  });

  test.each([
    ['auditor', ['Overview', 'Access log']],
    ['privacy-officer', ['Overview', 'Access log', 'Reviews']],
    ['policy-admin', ['Overview']],
  ])('as %s is shown what is his, and told what is not', async (who, own) => {
    const page = await come(who);
    const shown = await page.getByRole('navigation', { name: 'Console' }).getByRole('link').allInnerTexts();
    expect(own.filter((title) => !shown.includes(title))).toEqual([]);
    const foreign = ['Access log', 'Reviews'].filter((title) => !own.includes(title));
    expect(foreign.filter((title) => shown.includes(title))).toEqual([]);
    for (const title of foreign) {
      await page.goto(`${site.url}/console/${title === 'Reviews' ? 'reviews' : 'log'}`);
      await page.getByRole('heading', { name: `${title} is not yours to see` }).waitFor();
    }
  });

  test('without a role of the console is told so', async () => {
    const page = await come('therapist');
    await page.getByRole('heading', { name: 'Overview is not yours to see' }).waitFor();
    expect(await page.getByRole('navigation', { name: 'Console' }).getByRole('link').count()).toBe(0);
  });

  test('chooses light or dark, and the page remembers', async () => {
    const page = await come('auditor');
    await page.getByRole('button', { name: 'Colours' }).click();
    await page.getByRole('menuitem', { name: 'Dark' }).click();
    await page.reload();
    await settled(page);
    expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
  });

  test('goes through it by keyboard: skip link, focus on the new heading, menu by its button', async () => {
    const page = await come('auditor');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await page.getByRole('link', { name: 'Access log' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Access log' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    expect(await page.title()).toBe('Access log · Privity');
  });

  test('leaves the menu of a narrow screen by Escape, and is back at its button', async () => {
    const page = await come('auditor', '/', { size: 'phone' });
    const menu = page.getByRole('button', { name: 'Menu' });
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Access log' }).focus();
    await page.keyboard.press('Escape');
    expect(await menu.getAttribute('aria-expanded')).toBe('false');
    expect(await menu.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  test('on a tablet sees what came of a request without looking for it; nothing is wider than the screen', async () => {
    const page = await come('privacy-officer', '/log');
    await page.setViewportSize({ width: 820, height: 1100 });
    const cards = page.getByRole('list', { name: 'Events of the log' });
    const outcome = await cards.getByText('1 in part').first().boundingBox();
    expect((outcome?.x ?? 820) + (outcome?.width ?? 0)).toBeLessThan(820);
    for (const to of ['/log', '/log/accounting?patient=maria&list=all', '/log/proof', '/reviews', '/consents?patient=aisha']) {
      await page.goto(`${site.url}/console${to}`);
      await settled(page);
      expect([to, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([to, 820]);
    }
  });

  test('leaves nothing of a token in the page, in storage or in the address', async () => {
    const page = await come('privacy-officer', '/reviews');
    const kept = await page.evaluate(() =>
      JSON.stringify([document.documentElement.outerHTML, { ...localStorage }, { ...sessionStorage }, location.href, document.cookie]),
    );
    expect(kept).not.toMatch(/eyJ[\w-]+\.|code=|state=[\w-]{20}|csrf/i);
    expect(await page.evaluate(() => document.cookie)).toBe('');
  });

  test('signs out, and what was open shows the way in again', async () => {
    const page = await come('auditor');
    const second = await page.context().newPage();
    await second.goto(`${site.url}/console/log`);
    await settled(second);
    await page.getByRole('button', { name: /Signed in as/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(/session\/end/);
    await second.goto(`${site.url}/console/log`);
    await second.getByRole('link', { name: 'Sign in' }).waitFor();
  });
});

describe.skipIf(!hasBrowser)('the overview', () => {
  test('says in numbers what the table behind says, for the period that was chosen', async () => {
    const page = await come('policy-admin');
    const total = await page.getByRole('list', { name: 'Totals' }).getByRole('listitem').filter({ hasText: 'Withheld' }).innerText();
    const [counted] = await sql((owner) => owner`select sum(cardinality(refs))::int as n from decision where effect = 'withhold'`);
    expect(total).toContain(String(counted?.n));
    await page.getByText('The numbers as a table').first().click();
    const cells = await page
      .getByRole('region', { name: 'Over time, as a table' })
      .getByRole('row')
      .last()
      .getByRole('cell')
      .allInnerTexts();
    expect(cells[2]).toBe(String(counted?.n));
    await page.getByText('30 days').click();
    await page.waitForURL(/days=30/);
    await settled(page);
  });

  test.each(['desktop', 'phone'] as const)(
    'of a large organization is legible on a %s: numbers are whole, and so is the axis',
    async (size) => {
      const page = await come('auditor', '/', { size });
      await page.route('**/audit/summary**', async (route) => {
        const answer = await route.fetch();
        const summary = (await answer.json()) as { totals: object; hours: readonly object[] };
        const many = { given: 2_345_678, redacted: 345_678, withheld: 45_678, refused: 5678 };
        const json = { ...summary, totals: { ...summary.totals, ...many }, hours: summary.hours.map((hour) => ({ ...hour, ...many })) };
        await route.fulfill({ response: answer, json });
      });
      await page.reload();
      await settled(page);
      const total = page.getByRole('list', { name: 'Totals' }).getByText('2,345,678', { exact: true });
      const [height, line, wide, room] = await total.evaluate((element) => [
        element.clientHeight,
        Number.parseFloat(getComputedStyle(element).lineHeight),
        element.scrollWidth,
        element.clientWidth,
      ]);
      expect(Math.round((height ?? 0) / (line ?? 1))).toBe(1);
      expect(wide).toBeLessThanOrEqual(room ?? 0);
      const cut = await page
        .locator('.recharts-surface')
        .first()
        .evaluate((chart) => {
          const { left } = chart.getBoundingClientRect();
          const texts = [...chart.querySelectorAll('.recharts-yAxis-tick-labels text')];
          return texts.length === 0
            ? ['no axis']
            : texts.filter((text) => text.getBoundingClientRect().left < left).map((text) => text.textContent);
        });
      expect(cut).toEqual([]);
    },
  );

  test('verifies the log on demand', async () => {
    const page = await come('auditor');
    await page.getByRole('button', { name: 'Verify now' }).click();
    await page.getByText('Verified', { exact: true }).waitFor();
  });
});

describe.skipIf(!hasBrowser)('the access log', () => {
  test('is searched by the server: filters go to the address, the address is the search', async () => {
    const page = await come('auditor', '/log');
    await page.getByRole('textbox', { name: 'Who' }).fill('family-physician');
    await page.getByRole('combobox', { name: 'Patient' }).fill('Patient/maria');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.waitForURL(/agent=family-physician/);
    await settled(page);
    const rows = page.getByRole('table').getByRole('row').filter({ hasText: 'family-physician' });
    expect(await rows.count()).toBeGreaterThan(0);
    expect(await page.getByRole('table').getByRole('row').filter({ hasText: 'therapist' }).count()).toBe(0);
    await page.reload();
    await settled(page);
    expect(await rows.count()).toBeGreaterThan(0);
    await page.goBack();
    await page.getByRole('row').filter({ hasText: 'therapist' }).first().waitFor();
  });

  test('keeps the focus where somebody searched; what was typed and not searched for is cleared too', async () => {
    const page = await come('auditor', '/log');
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await page.getByRole('textbox', { name: 'Who' }).fill('therapist');
    await page.keyboard.press('Enter');
    await page.waitForURL(/agent=therapist/);
    await expect.poll(focused).toBe('Search');
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.waitForURL(`${site.url}/console/log`);
    await page.getByRole('textbox', { name: 'Who' }).fill('nobody');
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => page.getByRole('textbox', { name: 'Who' }).inputValue()).toBe('');
  });

  test.each([
    ['/log', 'Search'],
    ['/log/accounting', 'Show'],
  ])('says at its field what can not be asked: %s', async (to, button) => {
    const page = await come('auditor', to);
    const patient = page.getByRole('combobox', { name: 'Patient' });
    await patient.fill('maria alvarez');
    await page.getByLabel('From', { exact: true }).fill('2026-02-01');
    await page.getByLabel('To', { exact: true }).fill('2026-01-31');
    await page.getByRole('button', { name: button }).click();
    await page.getByText('This is before the first day.').waitFor();
    expect(await patient.getAttribute('aria-invalid')).toBe('true');
    expect(await patient.evaluate((field) => field === document.activeElement)).toBe(true);
    expect(page.url()).toBe(`${site.url}/console${to}`);
    await patient.fill('maria');
    await page.getByLabel('To', { exact: true }).fill('2026-02-01');
    await page.getByRole('button', { name: button }).click();
    await page.waitForURL(/patient=maria/);
  });

  test.each<readonly [where: string, to: string, field: string]>([
    ['here', '/log', 'Patient'],
    ['where disclosures are accounted for', '/log/accounting', 'Patient'],
    ['among consents', '/consents', 'Patient'],
    ['in an explanation', '/explain?patient=none', 'Patient the app was opened with'],
  ])('a patient asked for lately is chosen by keyboard, any other is typed: %s', async (_, to, field) => {
    const page = await come('privacy-officer', to);
    const patient = page.getByRole('combobox', { name: field });
    await patient.fill('rob');
    await page.getByRole('option', { name: 'Patient/robert' }).waitFor();
    expect(await page.getByRole('option').count()).toBe(1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await patient.inputValue()).toBe('Patient/robert');
    await patient.fill('Patient/somebody');
    expect(await page.getByRole('option').count()).toBe(0);
    expect(await patient.inputValue()).toBe('Patient/somebody');
    if (!to.startsWith('/log')) return;
    await page.keyboard.press('Enter');
    await page.waitForURL(/patient=Patient%2Fsomebody/);
    await settled(page);
  });

  test('tells what the staff did by what it was about', async () => {
    await come('privacy-officer', '/reviews');
    const page = await come('auditor', '/log?agent=privacy-officer&type=staff');
    await page.getByRole('row').filter({ hasText: 'Listed reviews' }).first().waitFor();
    await page.goto(`${site.url}/console/log?agent=privacy-officer`);
    await page.getByText('Nothing in the log is like this').waitFor();
  });

  test('calls staff by name, beside the id that the log has; the name leads to all that was theirs', async () => {
    const page = await come('auditor', '/log?patient=maria');
    const row = page.getByRole('row').filter({ hasText: 'family-physician' }).first();
    await row.getByRole('link', { name: 'Claire Bennett' }).click();
    await page.waitForURL(/agent=family-physician/);
    await page.getByRole('row').filter({ hasText: 'Patient/aisha' }).first().waitFor();
    // Who is a patient is not named by it.
    await page.goto(`${site.url}/console/log?agent=patient&view=timeline`);
    await page.getByRole('link', { name: 'patient', exact: true }).first().waitFor();
    expect(await page.getByText('Maria Luisa').count()).toBe(0);
  });

  test('shows one event in full, with its grounds and their citations', async () => {
    const page = await come('auditor', '/log?agent=therapist');
    await page.getByRole('table').getByRole('row').nth(1).getByRole('link').first().click();
    await page.getByRole('heading', { name: /DocumentReference/ }).waitFor();
    await page
      .getByRole('link', { name: /45 CFR 164\.508\(a\)\(2\)\(i\)\(A\)/ })
      .first()
      .waitFor();
    expect(await page.getByText('Psychotherapy notes', { exact: true }).count()).toBeGreaterThan(0);
    await page.getByRole('region', { name: 'AuditEvent as JSON' }).getByText('"resourceType": "AuditEvent"').waitFor();
  });

  test('pages on the server, there and back', async () => {
    for (let number = 0; number < 52; number += 1) await site.record('family-physician', '/fhir/Encounter/mixed-visit');
    const page = await come('auditor', '/log');
    const first = await page.getByRole('row').nth(1).innerText();
    await page.getByRole('button', { name: 'Older' }).click();
    await page.waitForURL(/page=/);
    await settled(page);
    await page.getByText('An earlier page').waitFor();
    await page.getByRole('button', { name: 'Newer' }).click();
    await page.getByText('The first page').waitFor();
    expect(await page.getByRole('row').nth(1).innerText()).toBe(first);
  });

  test('exports all that match as CSV and as FHIR', async () => {
    const page = await come('auditor', '/log?agent=therapist');
    for (const [name, begins] of [
      ['All that match, as CSV', /^"?recorded|^[a-z"]+,/i],
      ['All that match, as FHIR (NDJSON)', /^\{"resourceType":"AuditEvent"/],
    ] as const) {
      await page.getByRole('button', { name: 'Export' }).click();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name }).click()]);
      const chunks: Buffer[] = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).toString()).toMatch(begins);
    }
  });

  test("gives a patient's accounting of disclosures, to look at, as a letter, and fit to print", async () => {
    const page = await come('privacy-officer', '/log/accounting');
    await page.getByRole('combobox', { name: 'Patient' }).fill('maria');
    await page.getByText('Also what is not counted').click();
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('row').filter({ hasText: 'Okafor' }).first().waitFor();
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('navigation', { name: 'Console' }).isVisible()).toBe(false);
    expect(await page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false);
    expect(await page.getByRole('link', { name: 'Access log', exact: false }).first().isVisible()).toBe(false);
    // Paper has margins of its own, and no room for the menu.
    expect(await page.locator('#main').evaluate((main) => getComputedStyle(main).padding)).toBe('0px');
    await page.emulateMedia({ media: null });
    const [letter] = await Promise.all([page.waitForEvent('popup'), page.getByRole('link', { name: 'Letter' }).click()]);
    await letter.waitForLoadState();
    expect(await letter.content()).toContain('164.528');
  });

  test('proves itself, and says so when it does not', async () => {
    const page = await come('auditor', '/log/proof');
    await page.getByRole('button', { name: 'Verify the whole log' }).click();
    await page.getByText('The log verifies', { exact: true }).waitFor();
    const change = (to: string) =>
      sql(async (owner) => {
        await owner.unsafe('alter table event disable trigger append_only');
        await owner`update event set target = ${to} where id = (select id from event where interaction = 'search-type' order by recorded_at limit 1)`;
        await owner.unsafe('alter table event enable trigger append_only');
      });
    const [before] = await sql((owner) => owner`select target from event where interaction = 'search-type' order by recorded_at limit 1`);
    await change('Observation');
    try {
      await page.getByRole('button', { name: 'Verify the whole log' }).click();
      await page.getByText('The log does not verify', { exact: true }).waitFor();
      await page.getByText('this record was changed').waitFor();
    } finally {
      await change(String(before?.target));
    }
  });
});

describe.skipIf(!hasBrowser)('a review', () => {
  test('is taken, discussed and closed with an outcome and why', async () => {
    const page = await come('privacy-officer', '/reviews?kind=break-glass');
    await page.getByRole('link', { name: 'Break-glass' }).first().click();
    await page.getByText('unconscious in the emergency room').waitFor();
    await page.getByRole('button', { name: 'Take it' }).click();
    await page.getByText('It is yours.', { exact: true }).waitFor();
    await page.getByRole('textbox', { name: 'Comment' }).fill('Called the ward.');
    await page.getByRole('button', { name: 'Comment' }).click();
    await page.getByText('Called the ward.').waitFor();
    await page.getByRole('radio', { name: 'Justified', exact: true }).check();
    await page.getByRole('textbox', { name: 'Why' }).fill('Confirmed by the ward.');
    await page.getByRole('button', { name: 'Close the review' }).click();
    await page.getByText('Confirmed by the ward.').waitFor();
    expect(await page.getByRole('button', { name: 'Close the review' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Explained' }).click();
    await page.getByText('The same when asked again').first().waitFor();
    await page.goto(`${site.url}/console/reviews?state=closed`);
    await page.getByRole('row').filter({ hasText: 'Justified' }).first().waitFor();
  });

  test('of a judgment call shows what was attested for it: in whose words, the sentence, the law', async () => {
    const page = await come('privacy-officer', `/reviews/${await judged()}`);
    const attested = page.getByRole('region', { name: 'What was attested for it' });
    await attested.getByText('said on the phone that she kills him tonight').waitFor();
    await attested.getByText(/I believe in good faith that the disclosure is necessary/).waitFor();
    await attested.getByText('Made with the request by Kwame Osei.').waitFor();
    await attested.getByRole('link', { name: /164\.512\(j\)/ }).waitFor();
  });

  test('that somebody else changed meanwhile is not overwritten', async () => {
    const id = await idOf("select id from review where kind = 'break-glass' and state = 'open' order by opened_at limit 1");
    const page = await come('privacy-officer', `/reviews/${id}`);
    await sql((owner) => owner`update review set assigned_to = 'somebody else', revision = revision + 1 where id = ${id}`);
    await page.getByRole('button', { name: 'Take it' }).click();
    await page.getByText('Changed by somebody else meanwhile').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('somebody else', { exact: true }).waitFor();
    // The browser itself notes an answer of 412.
    expect(open[0]?.faults.splice(0)).toEqual([expect.stringContaining('412')]);
  });

  test('that waits too long stands out', async () => {
    await sql(
      (owner) =>
        owner`update review set opened_at = now() - interval '80 hours' where id = (select id from review where state = 'open' order by opened_at desc limit 1)`,
    );
    const page = await come('privacy-officer', '/reviews');
    expect(await page.getByRole('row').nth(1).innerText()).toContain('Overdue');
    await page.goto(`${site.url}/console/`);
    await page.getByText('1 overdue').waitFor();
  });
});
