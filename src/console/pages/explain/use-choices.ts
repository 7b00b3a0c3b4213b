/** What a decision can be asked with: people who asked lately, attestations. */
import { type Loaded, useApi } from '../../api/use-api.ts';

export interface RequesterChoice {
  readonly id: string;
  readonly roles: readonly string[];
  readonly fhirUser?: string;
  readonly organization?: string;
  readonly name?: string;
  readonly organizationName?: string;
  /** The latest first. */
  readonly purposes: readonly string[];
}

export interface AttestationChoice {
  readonly kind: string;
  readonly title: string;
  readonly citation: string;
  readonly wording: string;
  /** Roles that may make it in a request. */
  readonly asserts: readonly string[];
}

export interface Choices {
  readonly requesters: readonly RequesterChoice[];
  readonly attestations: readonly AttestationChoice[];
}

export function useChoices(): Loaded<Choices> {
  return useApi<Choices>('/admin/explain/choices');
}
