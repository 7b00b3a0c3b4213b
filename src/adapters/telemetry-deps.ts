/** What the flow needs, with the time of each stage taken: made for one request, so that nothing has to be looked up on the way. */
import type { AuditRecord } from '../audit/record.ts';
import type { PipelineDeps } from '../pipeline/session.ts';
import type { TakeTime } from '../ports.ts';

/** @param onRecord told of what is sent to the log for this request */
export function timedDeps(deps: PipelineDeps, take: TakeTime, onRecord: (record: AuditRecord) => void): PipelineDeps {
  const { upstream, consents, audit, policies } = deps;
  const timedClassify = (classify: PipelineDeps['classify']): PipelineDeps['classify'] => {
    return (resource, context) => take('classify', () => classify(resource, context));
  };
  return {
    ...deps,
    timed: take,
    upstream: {
      ...upstream,
      get: (path, signal, options) => take('upstream', () => upstream.get(path, signal, options)),
      write: (request) => take('upstream', () => upstream.write(request)),
    },
    consents: { ...consents, load: (subjects, signal) => take('consent', () => consents.load(subjects, signal)) },
    audit: {
      append: (record, under) => {
        onRecord(record);
        return take('audit', () => audit.append(record, under));
      },
    },
    classify: timedClassify(deps.classify),
    policies: {
      ...policies,
      current() {
        const current = policies.current();
        return current.classify === undefined ? current : { ...current, classify: timedClassify(current.classify) };
      },
    },
  };
}
