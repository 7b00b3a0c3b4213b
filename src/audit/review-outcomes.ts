/** How a review can end, by its kind; what is found about a label is kept for classification (design.md section 4.1). */
const USE = ['justified', 'not-justified'] as const;
const LABEL = ['label-stands', 'label-wrong'] as const;
const FINDINGS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['psychotherapy-note-candidate', ['psychotherapy-note', 'not-psychotherapy-note']],
  ['psythpn-on-excluded-content', LABEL],
  ['psythpn-outside-separate-store', LABEL],
]);

export function outcomesOf(kind: string): readonly string[] {
  return FINDINGS.get(kind) ?? USE;
}

/** Whether its outcome says something about a resource. */
export function isFinding(kind: string): boolean {
  return FINDINGS.has(kind);
}
