/** `.well-known/smart-configuration` (SMART App Launch 2.2 section 2.3): where tokens for this gateway come from. */
export interface SmartIssuer {
  readonly issuer: string;
  readonly jwksUri?: string;
  readonly authorizationEndpoint?: string;
  readonly tokenEndpoint?: string;
}

const CAPABILITIES = [
  'launch-standalone',
  'launch-ehr',
  'client-confidential-asymmetric',
  'client-confidential-symmetric',
  'client-public',
  'context-ehr-patient',
  'context-standalone-patient',
  'permission-patient',
  'permission-user',
  'permission-v1',
  'permission-v2',
];

/** The first configured issuer is the one that apps are sent to; others are named beside it. */
export function smartConfiguration(issuers: readonly SmartIssuer[]): Record<string, unknown> {
  const [main, ...others] = issuers;
  return {
    issuer: main?.issuer,
    ...(main?.jwksUri === undefined ? {} : { jwks_uri: main.jwksUri }),
    ...(main?.authorizationEndpoint === undefined ? {} : { authorization_endpoint: main.authorizationEndpoint }),
    ...(main?.tokenEndpoint === undefined ? {} : { token_endpoint: main.tokenEndpoint }),
    ...(others.length === 0 ? {} : { associated_issuers: others.map(({ issuer }) => issuer) }),
    grant_types_supported: ['authorization_code', 'client_credentials'],
    code_challenge_methods_supported: ['S256'],
    scopes_supported: ['openid', 'fhirUser', 'launch', 'launch/patient', 'patient/*.rs', 'user/*.rs', 'system/*.rs'],
    capabilities: CAPABILITIES,
  };
}
