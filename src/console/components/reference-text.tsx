/** A FHIR reference: a patient's leads to what the log has about him, anything else to what it has about that resource. */
import { Link } from '../router/link.tsx';
import { CopyId } from './copy-id.tsx';

export function ReferenceText({ reference, link = true }: { readonly reference: string; readonly link?: boolean }) {
  const isReference = /^[A-Z][A-Za-z]+\/[\w.-]+$/.test(reference);
  if (!link || !isReference) return <CopyId value={reference} />;
  const filter = reference.startsWith('Patient/') ? 'patient' : 'entity';
  return (
    <CopyId value={reference}>
      <Link to={`/log?${new URLSearchParams({ [filter]: reference })}`} inherit>
        {reference}
      </Link>
    </CopyId>
  );
}
