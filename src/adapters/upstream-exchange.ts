/**
 * One HTTP exchange with the upstream, straight on undici's dispatcher: the body is gathered as it comes and read as text once,
 * without the streams and signals that `request` makes for every call, which cost more than the exchange itself.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

export interface Exchanged {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Gives an exchange up, whatever state it is in. */
export class Cancel {
  #reason: Error | undefined;
  #run: ((reason: Error) => void) | undefined;

  get reason(): Error | undefined {
    return this.#reason;
  }

  cancel(reason: Error): void {
    this.#reason ??= reason;
    this.#run?.(this.#reason);
  }

  /** @param run is called at once where it is too late already */
  onCancel(run: (reason: Error) => void): void {
    this.#run = run;
    if (this.#reason !== undefined) run(this.#reason);
  }
}

/** @throws the dispatcher's own errors, or the reason of `cancel` */
export function exchangeText(dispatcher: Dispatcher, options: Dispatcher.DispatchOptions, cancel: Cancel): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let control: Dispatcher.DispatchController | undefined;
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    cancel.onCancel((reason) => {
      // One that still waits for a connection is refused when it gets it.
      reject(reason);
      control?.abort(reason);
    });
    if (cancel.reason !== undefined) return;
    dispatcher.dispatch(options, {
      onRequestStart(controller) {
        control = controller;
        if (cancel.reason !== undefined) controller.abort(cancel.reason);
      },
      onResponseStart(_controller, statusCode, given) {
        status = statusCode;
        headers = given;
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk);
      },
      onResponseEnd() {
        resolve({ status, headers, text: textOf(chunks) });
      },
      onResponseError(_controller, error) {
        reject(error);
      },
    });
  });
}

function textOf(chunks: readonly Buffer[]): string {
  const text = (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
