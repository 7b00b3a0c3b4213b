/** The Keycloak realm issues, for each persona, the claims that the demo's own issuer would (design.md section 6). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { personas } from '../../src/demo/personas.ts';

interface Mapper {
  name: string;
  protocolMapper: string;
  config: Record<string, string>;
}
interface ClientScope {
  name: string;
  attributes: Record<string, string>;
  protocolMappers?: Mapper[];
}
interface Client {
  clientId: string;
  publicClient: boolean;
  fullScopeAllowed: boolean;
  serviceAccountsEnabled: boolean;
  secret?: string;
  redirectUris?: string[];
  attributes?: Record<string, string>;
  defaultClientScopes: string[];
  optionalClientScopes: string[];
}
interface User {
  id?: string;
  username: string;
  email?: string;
  firstName?: string;
  lastName?: string;
  credentials?: { type: string; value: string; temporary: boolean }[];
  realmRoles: string[];
  attributes: Record<string, string[]>;
  serviceAccountClientId?: string;
}
const realm = JSON.parse(readFileSync(new URL('../../docker/keycloak/privity-realm.json', import.meta.url), 'utf8')) as {
  roles: { realm: { name: string }[] };
  clientScopes: ClientScope[];
  clients: Client[];
  scopeMappings: { client?: string; clientScope?: string; roles: string[] }[];
  users: User[];
  components: Record<string, { providerId: string; config: Record<string, string[]> }[]>;
};

const scopeNames = realm.clientScopes.map((scope) => scope.name);
const client = (id: string) => realm.clients.find((one) => one.clientId === id) as Client;
const mapped = (name: string) => realm.scopeMappings.find((row) => row.client === name || row.clientScope === name)?.roles ?? [];

it.each(personas.map((persona) => [persona.id, persona] as const))('%s: the same claims', (id, { claims }) => {
  const user = realm.users.find((one) => one.username === id) as User;
  expect([...user.realmRoles].sort()).toEqual([...claims.roles].sort());
  expect(user.attributes).toEqual({
    fhirUser: [claims.fhirUser],
    ...(claims.purpose_of_use === undefined ? {} : { purpose_of_use: claims.purpose_of_use }),
    ...(claims.organization === undefined ? {} : { organization: [claims.organization] }),
    ...(claims.patient === undefined ? {} : { patient: [claims.patient] }),
  });
  expect(user.credentials).toEqual([{ type: 'password', value: 'privity-demo', temporary: false }]);
  // Keycloak asks for what its user profile wants before it gives a password user a token.
  expect([user.email, user.firstName, user.lastName].every((text) => (text ?? '') !== '')).toBe(true);
});

it('nobody else is in it, but the backend', () => {
  expect(realm.users.map((user) => user.username)).toEqual([...personas.map((persona) => persona.id), 'service-account-privity-backend']);
  expect(new Set(realm.users.map((user) => user.id)).size).toBe(realm.users.length);
});

describe('mappers', () => {
  const mappers = realm.clientScopes.find((scope) => scope.name === 'privity')?.protocolMappers ?? [];
  it.each([
    ['purpose_of_use', 'oidc-usermodel-attribute-mapper', 'true'],
    ['fhirUser', 'oidc-usermodel-attribute-mapper', 'false'],
    ['organization', 'oidc-usermodel-attribute-mapper', 'false'],
    ['patient', 'oidc-usermodel-attribute-mapper', 'false'],
    ['roles', 'oidc-usermodel-realm-role-mapper', 'true'],
  ])('%s goes into the access token under its own name', (claim, kind, multivalued) => {
    const mapper = mappers.find((one) => one.config['claim.name'] === claim) as Mapper;
    expect([mapper.protocolMapper, mapper.config.multivalued, mapper.config['access.token.claim']]).toEqual([kind, multivalued, 'true']);
    if (kind.includes('attribute')) expect(mapper.config['user.attribute']).toBe(claim);
  });

  it('the audience is the gateway; the subject is there (Keycloak 25 and later map it)', () => {
    const audience = mappers.find((one) => one.protocolMapper === 'oidc-audience-mapper');
    expect(audience?.config).toMatchObject({ 'included.custom.audience': 'http://127.0.0.1:8080/fhir', 'access.token.claim': 'true' });
    const basic = realm.clientScopes.find((scope) => scope.name === 'basic')?.protocolMappers ?? [];
    expect(basic.map((one) => one.protocolMapper)).toEqual(['oidc-sub-mapper']);
  });
});

describe('scopes', () => {
  it('every SMART scope shows in the token; the two carriers of mappers do not', () => {
    const shown = realm.clientScopes.filter((scope) => scope.attributes['include.in.token.scope'] === 'true').map((scope) => scope.name);
    expect(shown).toEqual(['fhirUser', 'profile', 'launch/patient', 'patient/*.rs', 'user/*.rs', 'user/AuditEvent.rs', 'system/*.rs']);
    expect(scopeNames.filter((name) => !shown.includes(name))).toEqual(['basic', 'privity']);
  });

  it.each(personas.map((persona) => [persona.id, persona.claims] as const))(
    '%s may have the resource scopes of its demo token, and no others',
    (_id, claims) => {
      const allowed = (scope: string) => claims.roles.some((role) => mapped(scope).includes(role));
      const resourceScopes = ['patient/*.rs', 'user/*.rs', 'user/AuditEvent.rs'];
      expect(resourceScopes.filter(allowed)).toEqual(resourceScopes.filter((scope) => claims.scope.split(' ').includes(scope)));
      expect(claims.roles.every((role) => mapped('privity-demo').includes(role))).toBe(true);
    },
  );

  it('clients ask for scopes that exist and get no role beyond those mapped to them', () => {
    for (const one of realm.clients) {
      expect([...one.defaultClientScopes, ...one.optionalClientScopes].filter((name) => !scopeNames.includes(name))).toEqual([]);
      expect([one.clientId, one.fullScopeAllowed, one.defaultClientScopes]).toEqual([one.clientId, false, ['basic', 'privity']]);
    }
    const known = realm.roles.realm.map((role) => role.name);
    expect(realm.scopeMappings.flatMap((row) => row.roles).filter((role) => !known.includes(role))).toEqual([]);
  });
});

describe('clients', () => {
  it('one is public, with PKCE and no secret', () => {
    expect(client('privity-demo')).toMatchObject({ publicClient: true, attributes: { 'pkce.code.challenge.method': 'S256' } });
    expect(client('privity-demo').secret).toBeUndefined();
    expect(client('privity-demo').redirectUris?.some((uri) => uri === '*')).toBe(false);
  });

  it('the console’s comes back to one place, and gets the roles of the console alone', () => {
    expect(client('privity-console')).toMatchObject({ publicClient: true, redirectUris: ['http://127.0.0.1:8080/console/callback'] });
    expect(client('privity-console').secret).toBeUndefined();
    expect(mapped('privity-console')).toEqual(['auditor', 'policy-admin', 'privacy-officer']);
    const profile = realm.clientScopes.find((scope) => scope.name === 'profile')?.protocolMappers ?? [];
    expect(profile).toMatchObject([{ protocolMapper: 'oidc-full-name-mapper', config: { 'id.token.claim': 'true' } }]);
    const others = realm.clients.filter(({ clientId }) => clientId !== 'privity-console').flatMap(({ redirectUris = [] }) => redirectUris);
    expect(others.filter((uri) => uri.startsWith('http://127.0.0.1:8080'))).toEqual([]);
  });

  it('one is confidential, a service account with a role and a purpose', () => {
    expect(client('privity-backend')).toMatchObject({ publicClient: false, serviceAccountsEnabled: true });
    const account = realm.users.find((user) => user.serviceAccountClientId === 'privity-backend');
    expect(account?.realmRoles).toEqual(mapped('privity-backend'));
    expect(account?.attributes.purpose_of_use).toEqual(['TREAT']);
  });
});

it('users can not edit what decides about them', () => {
  const [component] = realm.components['org.keycloak.userprofile.UserProfileProvider'] ?? [];
  const profile = JSON.parse(component?.config['kc.user.profile.config']?.[0] ?? '{}') as {
    attributes: { name: string; permissions: { edit: string[] } }[];
    unmanagedAttributePolicy?: string;
  };
  expect(profile.unmanagedAttributePolicy).toBeUndefined();
  const names = profile.attributes.map((attribute) => attribute.name);
  expect(names).toEqual(['username', 'email', 'firstName', 'lastName', 'fhirUser', 'organization', 'patient', 'purpose_of_use']);
  expect(profile.attributes.filter((attribute) => attribute.permissions.edit.join() !== 'admin')).toEqual([]);
});
