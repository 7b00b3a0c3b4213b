/** The configuration as it may be printed and logged: secrets replaced, credentials taken out of URLs (threats.md 48). */
const SECRET = /^(?:token|.*secret|.*password|.*key)$/i;
const MASK = '[redacted]';

/** @returns a copy; what is no secret is unchanged */
export function redactedConfig(config: object): unknown {
  return JSON.parse(
    JSON.stringify(config, (name, value: unknown) => {
      if (typeof value !== 'string') return value;
      if (SECRET.test(name)) return MASK;
      return value.replace(/^([a-z+]+:\/\/)[^/@\s]*@/i, `$1${MASK}@`).replace(/([?&](?:password|sslkey|sslpassword)=)[^&]*/gi, `$1${MASK}`);
    }),
  );
}
