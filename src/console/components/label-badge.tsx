/** A security label (v3-ActCode and the law labels of design.md section 1): by its name, or by its code where its name stands beside it. */
import { labelName } from '../words.ts';
import { Badge } from './badge.tsx';

export function LabelBadge({ code }: { readonly code: string }) {
  return (
    <Badge tone="label" title={code}>
      {labelName(code)}
    </Badge>
  );
}

export function LabelCode({ code }: { readonly code: string }) {
  return (
    <Badge tone="code" title={labelName(code)}>
      {code}
    </Badge>
  );
}
