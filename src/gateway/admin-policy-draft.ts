/**
 * What an administrator sends as a policy set (issue of administration, point 1): Cedar files and what is said about them, as
 * JSON or as a form. Both are held to the same rules, with a place for each thing that is wrong.
 */
import * as z from 'zod';
import type { PolicySetDraft } from '../adapters/policy-store-rows.ts';
import { PrivityError } from '../errors.ts';
import { AdminProblem } from './admin-problem.ts';
import type { AdminRequest } from './admin-route.ts';

const MAX_FILES = 32;
const MAX_TEXT = 262_144;
/** A character is four bytes at most; what is said beside the text is small. */
const FORM_LIMITS = { files: MAX_FILES, bytes: 4 * MAX_TEXT + 65_536 } as const;

const plain = (text: string) => !/\p{Cc}/u.test(text.replaceAll(/[\n\r\t]/g, ''));
const Line = z.string().trim().min(1).max(200).refine(plain, 'a control character');
const Day = z.iso.date();
const Citation = z.strictObject({
  citation: Line,
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
});
const Draft = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens, a letter first, 64 at most'),
    mode: z.enum(['baseline', 'permit-list']).default('baseline'),
    title: Line,
    purpose: z.string().trim().min(1).max(2000).refine(plain, 'a control character'),
    author: Line,
    effective: z.strictObject({ from: Day.optional(), until: Day.optional() }).default({}),
    citations: z.array(Citation).max(50).default([]),
    files: z
      .array(
        z.strictObject({
          path: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\.cedar$/, 'a file name that ends in .cedar'),
          text: z.string().min(1).max(MAX_TEXT),
        }),
      )
      .min(1)
      .max(MAX_FILES),
  })
  .refine(({ files }) => new Set(files.map(({ path }) => path)).size === files.length, { path: ['files'], message: 'a path stands twice' })
  .refine(({ files }) => files.reduce((sum, { text }) => sum + text.length, 0) <= MAX_TEXT, {
    path: ['files'],
    message: `more than ${MAX_TEXT} characters`,
  })
  .refine(({ effective: { from, until } }) => from === undefined || until === undefined || from <= until, {
    path: ['effective'],
    message: 'it ends before it begins',
  });

/** @throws PrivityError `unsupported-media-type`, `invalid-request`, `too-large`, AdminProblem with each thing that is wrong */
export async function readDraft(request: AdminRequest): Promise<PolicySetDraft> {
  const form = await request.form(FORM_LIMITS);
  if (form === undefined) return request.body(Draft);
  const { metadata, files } = form;
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
    throw new PrivityError('invalid-request', '`metadata` is no JSON object');
  if ('files' in metadata)
    throw new AdminProblem('invalid-content', [{ severity: 'error', path: 'files', message: 'the files are parts of the form' }]);
  return request.judge({ ...metadata, files }, Draft);
}
