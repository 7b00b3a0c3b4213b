/**
 * `/audit/verify`, `/audit/checkpoints`, `/audit/slice` and the public keys (design.md sections 5 and 6): what an auditor needs to hold the
 * log to what was signed, here or elsewhere. The keys are public; the rest is for auditors, and logged.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditProof } from '../adapters/audit-proof.ts';
import { parsePatientPeriod } from '../audit/parse-patient-period.ts';
import { PrivityError } from '../errors.ts';
import { auditFormat } from './audit-format.ts';
import { asPrivityError, type Reading, type ReadingOptions, readTheLog } from './audit-reading.ts';
import { verifyLines } from './audit-verify-lines.ts';
import { problem } from './problem.ts';

type Pairs = readonly (readonly [string, string])[];

export function proofRoutes(app: FastifyInstance, options: ReadingOptions & { readonly proof: AuditProof }): void {
  const { proof } = options;
  let verifying = false;
  const route = (target: string, read: (pairs: Pairs, request: FastifyRequest) => Promise<Reading<object | string | Readable>>) => {
    return async (request: FastifyRequest, reply: FastifyReply) => {
      try {
        const answer = await readTheLog(options, request, { interaction: target, target }, (pairs) => read(pairs, request));
        if (typeof answer === 'string' || answer instanceof Readable) return await reply.type('application/x-ndjson').send(answer);
        return await reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
      } catch (error) {
        problem(request, reply, asPrivityError(error));
        return reply;
      }
    };
  };

  app.get('/.well-known/jwks.json', (_request, reply) => reply.type('application/jwk-set+json').send(JSON.stringify(proof.jwks)));
  app.get(
    '/audit/checkpoints',
    route('checkpoints', async (pairs) => ({ answer: await proof.checkpoints(readPage(pairs)), subjects: [] })),
  );
  app.get(
    '/audit/slice',
    route('slice', async (pairs) => {
      const { patient, from, before } = parsePatientPeriod(pairs, options.clock.now());
      return { answer: await proof.slice({ patient, from, before }), subjects: [patient] };
    }),
  );
  app.get(
    '/audit/verify',
    route('verify', async (pairs, request) => {
      for (const [name] of pairs) throw invalid(name);
      const format = auditFormat(request.headers.accept, [], ['json', 'ndjson']);
      // It reads every row: one at a time, and no longer than somebody waits for it.
      if (verifying) throw new PrivityError('too-many-requests');
      const gone = new AbortController();
      request.raw.socket.once('close', () => gone.abort());
      const verify = async (onProgress?: (rows: number) => void) => {
        if (verifying) throw new PrivityError('too-many-requests');
        verifying = true;
        try {
          return await proof.verify(gone.signal, onProgress);
        } finally {
          verifying = false;
        }
      };
      const answer = format === 'ndjson' ? Readable.from(verifyLines(verify), { objectMode: false }) : await verify();
      return { answer, subjects: [] };
    }),
  );
}

function readPage(pairs: Pairs): { count: number; before?: number } {
  const asked = new Map(pairs);
  for (const [name, value] of pairs) {
    const known = name === '_count' || name === 'before';
    if (!known || !/^[1-9]\d{0,14}$/.test(value) || (name === '_count' && Number(value) > 1000)) throw invalid(name);
  }
  if (asked.size < pairs.length) throw invalid(pairs[0]?.[0] ?? '');
  const before = asked.get('before');
  return { count: Number(asked.get('_count') ?? 50), ...(before === undefined ? {} : { before: Number(before) }) };
}

/** A name that could be somebody's data is not repeated. */
function invalid(name: string): PrivityError {
  return new PrivityError('invalid-parameter', /^[A-Za-z_:-]{1,30}$/.test(name) ? name : 'unknown');
}
