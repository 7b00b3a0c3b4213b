/**
 * Labels a resource once where its labels rest on nothing but itself and the rules: resources are never changed, and one that
 * the upstream gives again is the same object again (fhir/parse-fhir.ts). Whatever context has a say is classified anew.
 */
import { createSlot } from '../fhir/per-resource.ts';
import type { Resource } from '../fhir/resource.ts';
import type { ClassifyContext, LabeledResource } from './label.ts';

type Classify = (resource: Resource, context: ClassifyContext) => LabeledResource;

const alone = createSlot<{ readonly classify: Classify; readonly store: string | undefined; readonly labeled: LabeledResource }>();

/** @param classify by one state of rules and findings: a new state is a new function */
export function labelOnce(classify: Classify): Classify {
  return (resource, context) => {
    if (hasSay(context)) return classify(resource, context);
    const known = alone.get(resource);
    if (known !== undefined && known.classify === classify && known.store === context.store) return known.labeled;
    const labeled = classify(resource, context);
    alone.set(resource, { classify, store: context.store, labeled });
    return labeled;
  };
}

function hasSay({ inherited = [], authorCodings = [] }: ClassifyContext): boolean {
  return authorCodings.length > 0 || inherited.some(({ labels }) => labels.length > 0);
}
