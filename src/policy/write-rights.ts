/** Who may write what decisions read (policies/write-rights.yaml; design.md 4.6; threats.md 33, 56, 59). */
import type { Role } from '../requester/requester.ts';

/** Held by anyone with one of these roles, and by these clients. */
export interface WriteRight {
  readonly roles: readonly Role[];
  readonly clients: readonly string[];
}

export interface WriteRights {
  /** Resource types that need a right of their own. */
  readonly types: ReadonlyMap<string, WriteRight>;
  /** Resource types that nobody writes through the gateway. */
  readonly refused: ReadonlySet<string>;
  /** By purpose of use: the only types that may be written for it; a purpose that is not there reaches all. */
  readonly purposes: ReadonlyMap<string, ReadonlySet<string>>;
  /** Other resources that are about no patient. */
  readonly administrative: WriteRight;
  /** To create in another's name; to change author, organization or encounter of what is there. */
  readonly authorship: { readonly create: WriteRight; readonly change: WriteRight };
  readonly labels: { readonly lower: WriteRight; readonly psychotherapyNotes: WriteRight };
  /** Further types that decisions read and keep for a while. */
  readonly kept: ReadonlySet<string>;
}
