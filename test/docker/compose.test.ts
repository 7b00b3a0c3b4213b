/** The compose file as far as a machine without an engine can judge it: shape, hardening, files, names, networks. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { toConfig } from '../../src/config.ts';
import { demoInstallation } from '../../src/demo/patients/demo-resources.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../docker');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

interface Service {
  image?: string;
  build?: { context: string; dockerfile: string };
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  privileged?: boolean;
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  networks?: string[];
  entrypoint?: string[];
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
}
const compose = parse(read('compose.yaml'), { merge: true }) as {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);

describe('compose.yaml', () => {
  it('has the gateway, its FHIR server, the database, the issuer and the patients', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['gateway', 'hapi', 'keycloak', 'patients', 'postgres']);
  });

  it.each(services)('%s: no capabilities, none to be gained, pinned image', (_name, service) => {
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    expect(service.privileged).toBeUndefined();
    expect(service.image).toMatch(/:v?\d+\.\d+/);
  });

  it('gives a writable root file system to Keycloak alone', () => {
    expect(services.filter(([, service]) => service.read_only !== true).map(([name]) => name)).toEqual(['keycloak']);
  });

  it('mounts files that exist, and volumes that are declared', () => {
    const sources = services.flatMap(([, service]) => (service.volumes ?? []).map((volume) => volume.split(':')[0] as string));
    expect(sources.length).toBe(4);
    expect(sources.filter((source) => (source.startsWith('.') ? !existsSync(join(folder, source)) : !(source in compose.volumes)))).toEqual(
      [],
    );
    const build = compose.services.gateway?.build;
    expect(existsSync(join(folder, build?.context ?? '', build?.dockerfile ?? ''))).toBe(true);
    const loader = compose.services.patients?.entrypoint?.[1] ?? '';
    expect(existsSync(join(folder, '..', loader))).toBe(true);
  });

  it('publishes ports on the loopback address only, and none of the FHIR server or the database', () => {
    expect(services.flatMap(([, service]) => service.ports ?? [])).toEqual(['127.0.0.1:8080:8080', '127.0.0.1:8081:8080']);
    expect([compose.services.hapi?.ports, compose.services.postgres?.ports]).toEqual([undefined, undefined]);
  });

  it('lets nobody but the gateway and the loader reach the FHIR server, and nobody but the gateway the database', () => {
    const on = (network: string) => services.filter(([, service]) => service.networks?.includes(network)).map(([name]) => name);
    expect(on('record')).toEqual(['gateway', 'hapi', 'patients']);
    expect(on('state')).toEqual(['gateway', 'postgres']);
    expect(compose.networks).toEqual({ edge: {}, record: { internal: true }, state: { internal: true }, identity: { internal: true } });
    expect(services.flatMap(([, service]) => service.networks ?? []).filter((network) => !(network in compose.networks))).toEqual([]);
  });

  it('starts in order: whoever is waited for as healthy can say that it is', () => {
    for (const [name, service] of services) {
      for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(compose.services[other], `${name} waits for ${other}`).toBeDefined();
        if (condition === 'service_healthy') expect(compose.services[other]?.healthcheck?.test?.[0]).toBe('CMD');
      }
    }
    expect(Object.keys(compose.services.gateway?.depends_on ?? {})).toEqual(['postgres', 'keycloak', 'patients']);
  });

  it('sets only environment that the images know', () => {
    const known = /^(PRIVITY_DATABASE_URL|POSTGRES_(DB|USER|PASSWORD)|KC_[A-Z_]+|JAVA_TOOL_OPTIONS|hapi\.fhir\.fhir_version)$/;
    const names = services.flatMap(([, service]) => Object.keys(service.environment ?? {}));
    expect(names.filter((name) => !known.test(name))).toEqual([]);
  });

  const client = spawnSync('docker', ['compose', 'version'], { encoding: 'utf8' });
  if (client.status !== 0) console.info('skipped: docker compose config (the docker client here has no compose)');
  it.skipIf(client.status !== 0)('is accepted by docker compose itself', () => {
    const result = spawnSync('docker', ['compose', '--file', join(folder, 'compose.yaml'), 'config', '--quiet'], { encoding: 'utf8' });
    expect([result.status, result.stderr]).toEqual([0, '']);
  });
});

describe('privity.yaml', () => {
  const config = parse(read('privity.yaml'));
  const [issuer] = config.identity.issuers;
  const keycloak = compose.services.keycloak as Service;

  it('names the services by the names that compose gives them', () => {
    expect(new URL(config.upstream.url).host).toBe('hapi:8080');
    expect(new URL(issuer.jwksUri).host).toBe('keycloak:8080');
    expect(`${new URL(config.server.publicUrl).host}:8080`).toBe(compose.services.gateway?.ports?.[0]);
  });

  it('trusts the realm by the name that callers see, and says that its keys come over plain HTTP', () => {
    const realm = JSON.parse(read('keycloak/privity-realm.json')).realm;
    expect(issuer.issuer).toBe(`${keycloak.environment?.KC_HOSTNAME}/realms/${realm}`);
    expect(new URL(issuer.jwksUri).pathname).toBe(`/realms/${realm}/protocol/openid-connect/certs`);
    expect(issuer.insecureHttp).toBe(true);
    expect(issuer.audience).toBe(`${config.server.publicUrl}/fhir`);
  });

  it('lets people sign in to the console: at the realm, with a client that comes back to the console and nowhere else', () => {
    const { realm, clients, clientScopes } = JSON.parse(read('keycloak/privity-realm.json'));
    const { console } = config;
    expect(console.issuer).toBe(issuer.issuer);
    const client = clients.find((one: { clientId: string }) => one.clientId === console.clientId);
    expect(client).toMatchObject({
      enabled: true,
      standardFlowEnabled: true,
      directAccessGrantsEnabled: false,
      publicClient: console.clientSecret === undefined,
      redirectUris: [`${config.server.publicUrl}/console/callback`],
      attributes: { 'post.logout.redirect.uris': `${config.server.publicUrl}/console/`, 'pkce.code.challenge.method': 'S256' },
    });
    const offered = [...client.defaultClientScopes, ...client.optionalClientScopes];
    expect(console.scopes).toContain('openid');
    for (const scope of console.scopes.filter((one: string) => one !== 'openid')) {
      expect(offered).toContain(scope);
      expect(clientScopes.map(({ name }: { name: string }) => name)).toContain(scope);
    }
    // Metadata by the inner name tell of a token endpoint by the inner name only where Keycloak is told to.
    expect(console.discoveryUrl).toBe(`http://keycloak:8080/realms/${realm}/.well-known/openid-configuration`);
    expect(keycloak.environment?.KC_HOSTNAME_BACKCHANNEL_DYNAMIC).toBe('true');
    expect(keycloak.environment?.KC_HOSTNAME).toMatch(/^http:\/\//);
    expect(compose.services.gateway?.networks).toContain('identity');
    expect(keycloak.networks).toContain('identity');
  });

  it('is accepted by the gateway, with the environment that compose and the image set', () => {
    const environment = { ...compose.services.gateway?.environment, PRIVITY_SERVER_HOST: '0.0.0.0' };
    expect(issuer.insecureHttp).toBe(true);
    expect(toConfig(config, environment)).toMatchObject({
      server: { host: '0.0.0.0' },
      database: { url: expect.stringMatching(/^postgres:/) },
      console: { clientId: 'privity-console', scopes: ['openid', 'profile'] },
    });
  });

  it('describes the installation of the demo', () => {
    expect(config.classify.part2Programs).toEqual(demoInstallation.part2Programs);
    expect(config.consent.custodians).toEqual(demoInstallation.custodians);
    expect(config.consent.approvedForms).toEqual(demoInstallation.approvedForms);
  });
});
