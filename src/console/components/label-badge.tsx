/** A security label by its code, with its name on hover (v3-ActCode and the law labels of design.md section 1). */
import { labelName } from '../words.ts';
import { Badge } from './badge.tsx';

export function LabelBadge({ code }: { readonly code: string }) {
  return (
    <Badge tone="label" title={labelName(code)}>
      {code}
    </Badge>
  );
}
