/**
 * What threats.md asks of a door, asked of the in-process gateway: the same requests to two records that differ only in what
 * is withheld must be answered alike, byte for byte (design.md 4.7).
 */
import { expect } from 'vitest';
import type { RecordedAttestation } from '../../src/decide/decision.ts';
import type { DecideSettings } from '../../src/decide/settings.ts';
import type { Bundle, Resource } from '../../src/fhir/resource.ts';
import { REQUESTERS } from '../properties/requests.ts';
import { buildWorld } from '../properties/world.ts';
import { type Answered, type Asked, GATEWAY, type InProcess, inProcessGateway } from '../support/in-process.ts';
import { STANDING } from './records.ts';

export type Who = 'therapist' | 'physician' | 'emergency' | 'billing' | 'payer' | 'patient' | 'spouse' | 'researcher' | 'nobody';

export interface Reply extends Answered {
  /** Parsed, where it is JSON. */
  readonly body: Resource;
  /** `Type/id` of a Bundle's entries but for outcomes, in order. */
  readonly names: readonly string[];
  readonly reason: string | undefined;
}

export interface SmallGateway extends InProcess {
  /** @param resources over and above the standing ones; several versions of one id become its history */
  put(resources: readonly Resource[], settings?: Partial<DecideSettings>, recorded?: readonly RecordedAttestation[]): void;
  get(who: Who | Record<string, unknown>, asked: string | Asked): Promise<Reply>;
  /**
   * Asks both records everything that is given, in order, and expects the same answers.
   * @returns those of the first record
   */
  alike(who: Who, records: readonly [readonly Resource[], readonly Resource[]], asked: readonly (string | Asked)[]): Promise<Reply[]>;
}

/** HIPAA alone, everything hidden, treatment as the issuer says it. */
const { settings: SETTINGS } = buildWorld({
  resources: [],
  consents: [],
  attested: [],
  implicit: 'hipaa',
  announce: false,
  evidenced: false,
});

export async function smallGateway(limits: Partial<InProcess['deps']['limits']> = {}): Promise<SmallGateway> {
  const inner = await inProcessGateway(limits);
  const put: SmallGateway['put'] = (resources, settings = {}, recorded = []) => {
    inner.enter({ resources: [...STANDING, ...resources], recorded, settings: { ...SETTINGS, ...settings } });
  };
  const get: SmallGateway['get'] = async (who, asked) => {
    const requester = typeof who === 'string' ? REQUESTERS[who] : { claims: who };
    if (requester === undefined) throw new Error(`nobody is called ${who}`);
    const request = typeof asked === 'string' ? { url: asked } : asked;
    return replyOf(await inner.ask(requester.claims, { ...request, headers: { ...requester.headers, ...request.headers } }));
  };
  return {
    ...inner,
    put,
    get,
    async alike(who, records, asked) {
      const answers: Reply[][] = [];
      for (const resources of records) {
        put(resources);
        const replies: Reply[] = [];
        for (const request of asked) replies.push(await get(who, request));
        answers.push(replies);
      }
      const [first = [], second = []] = answers;
      for (const [index, reply] of first.entries()) {
        expect(comparable(second[index]), JSON.stringify(asked[index])).toEqual(comparable(reply));
        expect(reply.status, `${JSON.stringify(asked[index])} ${reply.text}`).toBeLessThan(500);
      }
      return first;
    },
  };
}

/** All that a requester can compare: not when, not which request, not the bytes of a page token. */
export function comparable(reply: Pick<Answered, 'status' | 'headers' | 'text'> | undefined): unknown {
  const headers = Object.entries(reply?.headers ?? {}).filter(([name]) => !['date', 'x-request-id'].includes(name));
  return { status: reply?.status, headers, text: reply?.text.replaceAll(/_page=[\w.-]+/g, (token) => `_page=<${token.length}>`) };
}

function replyOf(answered: Answered): Reply {
  const isJson = /json/.test(String(answered.headers['content-type'] ?? '')) && answered.text !== '';
  const body = isJson ? (JSON.parse(answered.text) as Resource) : { resourceType: '' };
  const entries = body.resourceType === 'Bundle' ? ((body as Bundle).entry ?? []) : [];
  const names = entries
    .filter((entry) => entry.search?.mode !== 'outcome')
    .map(({ resource }) => `${resource?.resourceType}/${resource?.id}`);
  return { ...answered, body, names, reason: body.issue?.[0]?.details?.coding?.[0]?.code };
}

/** The next link of a searchset as a path of the gateway. */
export function nextOf({ body }: Reply): string {
  const link = (body as Bundle).link?.find(({ relation }) => relation === 'next')?.url ?? '';
  return link.replace(GATEWAY, '/fhir');
}
