/** What is wrong with a question to the log, said at its field before it is asked. */
import { patientReference } from '../consents/consent-words.ts';

export type Faults = Readonly<Partial<Record<string, string>>>;

/** To the first of them. */
export function focusFault(form: HTMLFormElement, faults: Faults): void {
  const field = form.elements.namedItem(Object.keys(faults)[0] ?? '');
  if (field instanceof HTMLElement) field.focus();
}

/** @param days fields of the first and the last day */
export function faultsOf(form: FormData, days: readonly [first: string, last: string]): Faults | undefined {
  const [first, last] = days;
  const value = (name: string) => String(form.get(name) ?? '').trim();
  const patient = value('patient');
  const faults = {
    ...(patient === '' || patientReference(patient) !== undefined
      ? {}
      : { patient: 'An id as the record server has it, as maria or Patient/maria.' }),
    ...(value(first) === '' || value(last) === '' || value(first) <= value(last) ? {} : { [last]: 'This is before the first day.' }),
  };
  return Object.keys(faults).length === 0 ? undefined : faults;
}
