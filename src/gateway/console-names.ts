/**
 * `GET /console/api/names?of=Practitioner/p1&of=…`: how the record server calls those whom the log and the consents have by reference,
 * or by the id of a token with which they asked for records lately. Staff and organizations alone, as in Explain: who is a patient,
 * or somebody's relative, is not named. Nothing of a record is in it, so it leaves no line in the log.
 */
import type { PartyNames } from '../adapters/party-names.ts';
import type { RecentRequester } from '../adapters/recent-requesters.ts';
import { PrivityError } from '../errors.ts';

export interface ConsoleNamesOptions {
  readonly namesOf: PartyNames;
  readonly recent: () => Promise<readonly RecentRequester[]>;
}

/** Names by what was asked, of those that are known. @throws PrivityError `invalid-parameter` */
export type ConsoleNames = (asked: readonly string[]) => Promise<Readonly<Record<string, string>>>;

const NAMED = /^(Practitioner|Organization)\/[A-Za-z0-9.-]{1,64}$/;
const MOST = 100;
const MINUTE = 60_000;

export function createConsoleNames({ namesOf, recent }: ConsoleNamesOptions): ConsoleNames {
  let people: { readonly read: Promise<ReadonlyMap<string, string>>; readonly until: number } | undefined;
  const peopleNow = () => {
    // The page is shown although the log can not say who somebody is.
    if (people === undefined || people.until < Date.now())
      people = { read: recent().then(referencesById, () => new Map()), until: Date.now() + MINUTE };
    return people.read;
  };
  return async (asked) => {
    if (asked.length > MOST) throw new PrivityError('invalid-parameter', 'of');
    const ids = asked.some((one) => !NAMED.test(one)) ? await peopleNow() : new Map<string, string>();
    const references = new Map(asked.map((one) => [one, NAMED.test(one) ? one : (ids.get(one) ?? '')]));
    const parties = await namesOf([...references.values()].filter((reference) => NAMED.test(reference)));
    return Object.fromEntries(
      [...references].flatMap(([one, reference]) => {
        const name = parties.get(reference)?.name;
        return name === undefined ? [] : [[one, name]];
      }),
    );
  };
}

/** Two persons of one id, of different issuers, are not told apart by it: neither is named. */
function referencesById(requesters: readonly RecentRequester[]): ReadonlyMap<string, string> {
  const byId = Map.groupBy(requesters, ({ id }) => id);
  return new Map(
    [...byId].flatMap(([id, own]): [string, string][] => {
      const [first, ...more] = new Set(own.map(({ fhirUser }) => fhirUser));
      return first === undefined || more.length > 0 ? [] : [[id, first]];
    }),
  );
}
