/** A citation as written in policies; where it names a section of the Code of Federal Regulations, a link to its text at eCFR. */
import { Anchor } from '@mantine/core';

const CFR = /\b(\d{1,2}) CFR (?:Part )?(\d{1,4})(?:\.(\d{1,4}))?/i;

export function CitationLink({ citation }: { readonly citation: string }) {
  const [, title, part, section] = CFR.exec(citation) ?? [];
  if (title === undefined || part === undefined) return <span>{citation}</span>;
  const place = section === undefined ? `part-${part}` : `section-${part}.${section}`;
  return (
    <Anchor href={`https://www.ecfr.gov/current/title-${title}/${place}`} target="_blank" rel="noreferrer" inherit underline="always">
      {citation}
      <span className="for-screen-readers"> (eCFR, opens in a new tab)</span>
    </Anchor>
  );
}
