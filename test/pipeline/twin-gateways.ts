/** Two gateways over two wards, asked the same: for the family physician there must be no telling them apart. */
import type { JWTPayload } from 'jose';
import { expect } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { type Ask, type Reply, startTestGateway, type TestGateway } from '../support/gateway.ts';

export interface Twins {
  /** Without, and with what is withheld. */
  readonly gateways: readonly [TestGateway, TestGateway];
  /**
   * Asks both, follows page links to the end, and expects every answer alike: status, headers and body, but for date,
   * request id and the bytes of page tokens.
   * @returns the pages, as the second gave them
   */
  alike(who: string | JWTPayload, url: string, options?: Ask): Promise<readonly Reply[]>;
  close(): Promise<void>;
}

/** Differ between any two answers. */
const VOLATILE = new Set(['date', 'x-request-id', 'x-ratelimit-remaining', 'x-ratelimit-reset']);
const MAX_PAGES = 40;

export async function startTwins(
  wards: readonly [readonly Resource[], readonly Resource[]],
  config: Record<string, Record<string, unknown>> = {},
): Promise<Twins> {
  const [plain, hiding] = await Promise.all(wards.map((resources) => startTestGateway({ resources, config })));
  if (plain === undefined || hiding === undefined) throw new Error('two wards');
  return {
    gateways: [plain, hiding],
    async alike(who, url, options) {
      const [without, withIt] = await Promise.all([pages(plain, who, url, options), pages(hiding, who, url, options)]);
      expect(withIt.map(comparable)).toEqual(without.map(comparable));
      return withIt;
    },
    async close() {
      await Promise.all([plain.close(), hiding.close()]);
    },
  };
}

export async function pages(gateway: TestGateway, who: string | JWTPayload, url: string, options?: Ask): Promise<readonly Reply[]> {
  const replies = [await gateway.ask(who, url, options)];
  for (let next = nextOf(replies[0]); next !== undefined; next = nextOf(replies.at(-1))) {
    if (replies.length > MAX_PAGES) throw new Error('pages without end');
    replies.push(await gateway.ask(who, next));
  }
  return replies;
}

export function nextOf(reply: Reply | undefined): string | undefined {
  const links = reply?.body.link as { relation: string; url: string }[] | undefined;
  return links?.find((link) => link.relation === 'next')?.url;
}

function comparable({ status, headers, text }: Reply) {
  return {
    status,
    headers: [...headers].filter(([name]) => !VOLATILE.has(name)),
    text: text.replaceAll(/_page=[\w.-]+/g, '_page=…'),
  };
}
