/** Which release this is: for the capability statement and the command line. */
import packageJson from '../../package.json' with { type: 'json' };

export const release = { version: packageJson.version, date: '2026-11-23' } as const;
