/** Says to screen readers what has changed on the page: how many were found, that something is done. */
export function Announce({ children }: { readonly children: string }) {
  return (
    <p className="for-screen-readers" role="status" aria-live="polite">
      {children}
    </p>
  );
}
