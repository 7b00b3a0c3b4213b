/**
 * Builds the history Bundle (FHIR R4 section 3.1.0.12) from the versions that are released. Of the upstream's request and
 * response only what every server says alike is kept: method, status, version and time; URLs are the gateway's own.
 */
import { nameOf } from '../fhir/reference.ts';
import type { Bundle, BundleEntry, Resource } from '../fhir/resource.ts';
import { bundleMeta, links } from './bundle-parts.ts';

export interface History {
  /** In the order to give, newest first; a deletion has no resource. */
  readonly versions: readonly { readonly entry: BundleEntry; readonly resource?: Resource }[];
  /** Absolute URLs of the gateway. */
  readonly self: string;
  readonly next?: string;
  /** Only a total of what the requester may see. */
  readonly total?: number;
  /** FHIR base URL of the gateway, no trailing slash. */
  readonly publicBase: string;
}

export function releaseHistory({ versions, self, next, total, publicBase }: History): Bundle {
  const entry = versions.map(({ entry: upstream, resource }) => releaseVersion(upstream, resource, publicBase));
  return {
    resourceType: 'Bundle',
    ...bundleMeta(versions.flatMap(({ resource }) => resource ?? [])),
    type: 'history',
    ...(total === undefined ? {} : { total }),
    link: links(self, next),
    ...(entry.length === 0 ? {} : { entry }),
  };
}

function releaseVersion(upstream: BundleEntry, resource: Resource | undefined, publicBase: string): BundleEntry {
  const local = resource === undefined ? localOf(upstream) : nameOf(resource);
  const { etag, lastModified } = upstream.response ?? {};
  return {
    fullUrl: `${publicBase}/${local}`,
    ...(resource === undefined ? {} : { resource }),
    request: { method: upstream.request?.method ?? (resource === undefined ? 'DELETE' : 'PUT'), url: local },
    response: {
      status: upstream.response?.status ?? (resource === undefined ? '204' : '200'),
      ...(etag === undefined ? {} : { etag }),
      ...(lastModified === undefined ? {} : { lastModified }),
    },
  };
}

/** `Observation/o1` of a deletion, from its request: `http://upstream/Observation/o1/_history/3`. */
function localOf(upstream: BundleEntry): string {
  const url = (upstream.request?.url ?? upstream.fullUrl ?? '').replace(/\/_history(\/.*)?$/, '');
  return url.split('/').slice(-2).join('/');
}
