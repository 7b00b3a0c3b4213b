/** Privity's mark: a shield with a record on it, of which one part is left out. */
export function Mark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" role="img" aria-label="Privity">
      <path fill="#0f6e6a" d="M16 2.5 27 6.4v9.1c0 6.6-4.5 11.6-11 14-6.5-2.4-11-7.4-11-14V6.400z" />
      <path fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" d="M11 12.5h10M11 16.5h4.5M18.5 16.5H21M11 20.5h6" />
    </svg>
  );
}
