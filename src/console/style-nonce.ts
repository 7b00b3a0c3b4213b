/** The nonce of this answer's content policy, for style sheets made in the page: Mantine's, and `EditorView.cspNonce` of editors. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}
