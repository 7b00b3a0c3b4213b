/** SIGUSR2 turns debug lines on, and off again: for a look at a running gateway without a restart. (SIGUSR1 is Node's debugger.) */
import type { Logger } from 'pino';

/** @returns what stops listening */
export function toggleLogLevel(logger: Logger): () => void {
  const configured = logger.level;
  const toggle = () => {
    logger.level = logger.level === 'debug' ? configured : 'debug';
    logger.info({ level: logger.level }, 'log level changed by a signal');
  };
  process.on('SIGUSR2', toggle);
  return () => {
    process.off('SIGUSR2', toggle);
  };
}
