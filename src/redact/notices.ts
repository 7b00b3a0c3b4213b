/** OperationOutcomes that accompany what is given: they say what the law wants said, and never what is withheld. */
import type { Resource } from '../fhir/resource.ts';

/** 42 CFR 2.32(a)(2), the short statement, as amended on 16 February 2024 (89 FR 12472). */
export const REDISCLOSURE_NOTICE = '42 CFR part 2 prohibits unauthorized use or disclosure of these records.';

const outcome = (severity: string, code: string, text: string): Resource => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity, code, details: { text } }],
});

export function redisclosureNotice(): Resource {
  return outcome('information', 'informational', REDISCLOSURE_NOTICE);
}

/** One whatever is withheld, and however much: that something is, is all it tells. */
export function suppressedNotice(): Resource {
  return outcome('information', 'suppressed', 'Some information is withheld.');
}
