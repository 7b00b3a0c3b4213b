/** A person or an organization by name, where the record server knows one: else by the reference or id that the gateway has. */
import { useName } from '../api/names.ts';
import { useSession } from '../api/session.tsx';

export function PersonName({ of }: { readonly of: string }) {
  const session = useSession();
  const own = session.state === 'signed-in' && session.id === of ? session.name : undefined;
  const { name, loading } = useName(own === undefined ? of : undefined);
  const shown = own ?? name;
  if (shown === undefined) return <span aria-busy={loading || undefined}>{of}</span>;
  return <span title={of}>{shown}</span>;
}
