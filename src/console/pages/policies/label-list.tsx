/** Labels with their names, one after the other. */
import { LabelCode } from '../../components/label-badge.tsx';
import { labelName } from '../../words.ts';
import classes from './policies.module.css';

export function LabelList({ labels }: { readonly labels: readonly string[] }) {
  return (
    <span className={classes.labels}>
      {labels.map((code) => (
        <span key={code} className={classes.label}>
          <LabelCode code={code} /> {labelName(code)}
        </span>
      ))}
    </span>
  );
}
