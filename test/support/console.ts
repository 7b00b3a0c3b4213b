/** The clinic with its console: people sign in at a real OpenID provider; requests with their cookies, as a browser makes them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWTPayload } from 'jose';
import { startClinic } from '../gateway/clinic.ts';
import { personaClaims, type TestGateway } from './gateway.ts';
import { CLIENT, startProvider, type TestProvider } from './oidc.ts';

export interface TestConsole {
  /** Where it listens, which is also what it is known as. */
  readonly url: string;
  readonly clinic: TestGateway;
  readonly provider: TestProvider;
  /** A request for records by a persona of the demo, so that there is something to look at. */
  record(who: string, path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  close(): Promise<void>;
}

export const PEOPLE: Readonly<Record<string, JWTPayload>> = {
  ...Object.fromEntries(['privacy-officer', 'auditor', 'policy-admin', 'therapist'].map((id) => [id, personaClaims(id)])),
  'second-admin': { ...personaClaims('policy-admin'), sub: 'second-admin', name: 'Sam Ortiz' },
  'several-purposes': { ...personaClaims('auditor'), purpose_of_use: ['HCOMPL', 'HOPERAT'] },
};

/** @param settings of `console`, over and above what it needs; @param policy of `policy` */
export async function startConsole(settings: Record<string, unknown> = {}, policy: Record<string, unknown> = {}): Promise<TestConsole> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const provider = await startProvider({ publicUrl: url, people: PEOPLE });
  const { issuer, jwksUri } = provider;
  const clinic = await startClinic({
    config: {
      server: { port, publicUrl: url },
      identity: { issuers: [{ issuer, jwksUri, algorithms: ['ES256'] }] },
      policy,
      console: { issuer, clientId: CLIENT, resource: `${url}/fhir`, ...settings },
    },
  });
  return {
    url,
    clinic,
    provider,
    async record(who, path, headers = {}) {
      const token = await provider.sign(personaClaims(who));
      return fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}`, ...headers } });
    },
    async close() {
      await clinic.close();
      await provider.close();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Cookies and redirects as a browser has them, without one: what it sends can be tampered with. */
export class Visitor {
  readonly cookies = new Map<string, string>();
  /** Set-Cookie headers as they came. */
  readonly given: string[] = [];
  readonly #host: string;

  constructor({ url }: TestConsole) {
    this.#host = new URL(url).host;
  }

  /** Cookies go to the gateway and to the provider alike: both are 127.0.0.1, and cookies know no ports. */
  async get(url: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { method, redirect: 'manual', headers: { ...(cookie === '' ? {} : { cookie }), ...headers } });
    for (const line of response.headers.getSetCookie()) {
      if (new URL(url).host === this.#host) this.given.push(line);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/expires=Thu, 01 Jan 1970|max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  /** Follows redirects until there are none, or one leads to what `until` says. */
  async follow(
    url: string,
    until: (next: string) => boolean = () => false,
  ): Promise<{ readonly response: Response; readonly url: string }> {
    let place = url;
    for (let hops = 0; hops < 12; hops += 1) {
      const response = await this.get(place);
      const next = response.headers.get('location');
      if (next === null) return { response, url: place };
      place = new URL(next, place).href;
      if (until(place)) return { response, url: place };
    }
    throw new Error('too many redirects');
  }

  async signIn({ url }: TestConsole, who: string, to?: string): Promise<string> {
    const start = `${url}/console/sign-in${to === undefined ? '' : `?${new URLSearchParams({ to })}`}`;
    const page = await this.follow(start);
    if (!page.url.includes('/interaction/')) return page.url;
    return (await this.follow(`${page.url}?as=${who}`)).url;
  }

  /** As the console's own script asks. */
  async api(url: string, { method = 'GET', csrf }: { readonly method?: string; readonly csrf?: string } = {}): Promise<Response> {
    return this.get(url, { 'sec-fetch-site': 'same-origin', ...(csrf === undefined ? {} : { 'x-csrf-token': csrf }) }, method);
  }

  async session({ url }: TestConsole): Promise<{ state: string; csrf?: string; roles?: string[]; name?: string; purpose?: string }> {
    return (await this.api(`${url}/console/api/session`)).json();
  }
}
