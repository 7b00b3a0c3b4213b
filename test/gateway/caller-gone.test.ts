/** Whether somebody still waits: told once, to each who listens then, when the connection closes before the answer's end. */
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { callerGone } from '../../src/gateway/caller-gone.ts';

function asked(writableEnded: boolean) {
  const response = Object.assign(new EventEmitter(), { writableEnded });
  const told: string[] = [];
  const caller = callerGone(response as unknown as ServerResponse);
  return { response, caller, told, listener: (name: string) => () => void told.push(name) };
}

describe('a caller', () => {
  test('who goes before the answer is there is gone for all who listen, once', () => {
    const { response, caller, told, listener } = asked(false);
    const [first, second, third] = ['first', 'second', 'third'].map(listener) as [() => void, () => void, () => void];
    caller.addEventListener('abort', first, { once: true });
    caller.addEventListener('abort', second);
    caller.addEventListener('abort', third);
    caller.removeEventListener('abort', second);
    expect(caller.aborted).toBe(false);
    response.emit('close');
    response.emit('close');
    expect([caller.aborted, told]).toEqual([true, ['first', 'third']]);
  });

  test('whose answer was written to its end has not gone', () => {
    const { response, caller, told, listener } = asked(true);
    caller.addEventListener('abort', listener('first'));
    response.emit('close');
    expect([caller.aborted, told]).toEqual([false, []]);
  });

  test('one listener may take another out while they are told', () => {
    const { response, caller, told, listener } = asked(false);
    const second = listener('second');
    caller.addEventListener('abort', () => caller.removeEventListener('abort', second));
    caller.addEventListener('abort', second);
    response.emit('close');
    expect(told).toEqual(['second']);
  });
});
