/** Which view a path is, and what its names stand for: `/log/:id` with `/log/7` is `{ id: '7' }`. */
export interface Matched<R> {
  readonly route: R;
  readonly parameters: Readonly<Record<string, string>>;
}

export function matchRoute<R extends { readonly path: string }>(routes: readonly R[], path: string): Matched<R> | undefined {
  const steps = path.split('/');
  for (const route of routes) {
    const wanted = route.path.split('/');
    if (wanted.length !== steps.length || !wanted.every((step, index) => step.startsWith(':') || step === steps[index])) continue;
    const named = wanted.flatMap((step, index) => (step.startsWith(':') ? [[step.slice(1), decodeURIComponent(steps[index] ?? '')]] : []));
    return { route, parameters: Object.fromEntries(named) };
  }
  return undefined;
}
