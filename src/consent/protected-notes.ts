/**
 * Labels that authorizations are judged by: psychotherapy notes (45 CFR 164.501; 164.508(b)(3)(ii)) and substance use
 * disorder records (42 CFR Part 2). Notes of SUD counseling (2.11) carry the label of notes and that of Part 2.
 */
import { declaredLabel } from '../classify/declared-label.ts';
import { ACT_CODE } from '../fhir/codes.ts';
import { ancestorsOf } from '../fhir/label-hierarchy.ts';
import type { Coding, Resource } from '../fhir/resource.ts';
import type { Rule } from './normalized-consent.ts';
import { rowsOf } from './rows-of.ts';
import { coversLabel } from './sensitivity-label.ts';
import type { ConsentData, ConsentRecord } from './vote.ts';

const actCode = (code: string): Coding => ({ system: ACT_CODE, code });
const NOTES = [actCode('PSYTHPN'), actCode('HIPAAPsyNotes')];
const SUD = actCode('SUD');
const PART2 = actCode('42CFRPart2');
const NOTICE = actCode('NORDSCLCD');
/** HL7's older code for the same information; not under SUD in its tree. */
const ETH = actCode('ETH');

const isOneOf = (label: Coding, list: readonly Coding[]): boolean =>
  list.some((one) => one.system === label.system && one.code === label.code);

export const isNotesLabel = (label: Coding): boolean => isOneOf(label, NOTES);
export const holdsNotes = (data: ConsentData): boolean => data.labels.some(isNotesLabel);
export const isPart2Label = (label: Coding): boolean => isOneOf(label, [PART2]);
/** Data under Part 2: by its label, or because it came with the notice of 2.32. */
export const isPart2Data = (data: ConsentData): boolean => data.labels.some((label) => isOneOf(label, [PART2, NOTICE]));
/** A kind of substance use disorder information: SUD, what is under it, ETH. */
export const isSudLabel = (label: Coding): boolean => isOneOf(label, [ETH]) || coversLabel(SUD, label);

/** Whether a permit reaches psychotherapy notes, by name or by a label above theirs (`SPI`). */
export function sweepsNotes(rule: Rule, record: ConsentRecord): boolean {
  const labels = rule.constraints.labels?.any ?? [];
  const above = ({ system, code }: Coding): boolean => system === ACT_CODE && ancestorsOf(ACT_CODE, 'PSYTHPN').includes(code ?? '');
  return labels.some((label) => isNotesLabel(label) || above(label)) || listedNotes(rule, record).some((listed) => listed);
}

/** Whether all that a permit can reach is psychotherapy notes: no other label, or instances that are all labelled so. */
export function isNotesOnly(rule: Rule, record: ConsentRecord): boolean {
  const { labels } = rule.constraints;
  if (labels !== undefined) return !labels.unreadable && labels.any.length > 0 && labels.any.every(isNotesLabel);
  const listed = listedNotes(rule, record);
  return listed.length > 0 && listed.every((is) => is) && rule.constraints.data?.unreadable === false;
}

/** For each instance that a rule lists, whether the record holds it with a declared label of psychotherapy notes. */
function listedNotes(rule: Rule, record: ConsentRecord): readonly boolean[] {
  return (rule.constraints.data?.any ?? []).map(({ meaning, reference }) => {
    const target: Resource | undefined = meaning === 'instance' ? record.references.get(reference) : undefined;
    const labels = rowsOf(target?.meta?.security).map((coding) => declaredLabel(coding));
    return labels.some((label) => label !== undefined && isNotesLabel(label));
  });
}

/** 2.31(a)(3): what is described must cover every SUD label on the data; a Part 2 record is described by either. */
export function coversSud(rule: Rule, data: ConsentData): boolean {
  const named = rule.constraints.labels?.any ?? [];
  const part2 = named.some(isPart2Label);
  const covered = (label: Coding): boolean =>
    part2 || named.some((one) => coversLabel(one, label) || (one.code === 'SUD' && isOneOf(label, [ETH])));
  const sud = data.labels.filter(isSudLabel);
  if (sud.length > 0) return sud.every(covered) && (!part2 || isPart2Data(data) || named.some(isSudLabel));
  return isPart2Data(data) && (part2 || named.some((one) => isOneOf(one, [SUD])));
}
