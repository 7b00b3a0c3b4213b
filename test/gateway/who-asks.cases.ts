/** Who asks, with which scopes, for which purpose, in whose context (SMART App Launch 2.2; design.md section 6; threats.md 6, 26, 44). */
import type { JWTPayload } from 'jose';
import { personaClaims } from '../support/gateway.ts';

export interface WhoCase {
  readonly name: string;
  readonly claims: JWTPayload;
  readonly headers?: Readonly<Record<string, string>>;
  readonly get: string;
  readonly status: number;
  readonly reason?: string;
  readonly names?: readonly string[];
  /** Purpose in the log; absent where it was not settled. */
  readonly purpose?: string;
}

const physician = personaClaims('family-physician');
const patient = personaClaims('patient');
const emergency = personaClaims('emergency-physician');
const without = (claims: JWTPayload, ...names: string[]) =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));

const CONDITIONS = '/fhir/Condition?patient=maria&_sort=_id';
const CONDITION = '/fhir/Condition/maria-diabetes';
const ALL_CONDITIONS = ['Condition/maria-depression', 'Condition/maria-diabetes', 'Condition/maria-hypertension'];
const LAB = 'http://terminology.hl7.org/CodeSystem/observation-category|laboratory';
const LABS = ['Observation/maria-creatinine', 'Observation/maria-glucose', 'Observation/maria-hba1c'];

export const scopes: readonly WhoCase[] = [
  { name: 'user/*.rs reads and searches', claims: physician, get: CONDITIONS, status: 200, names: ALL_CONDITIONS, purpose: 'TREAT' },
  {
    name: 'version 1 user/*.read reads and searches',
    claims: { ...physician, scope: 'user/*.read' },
    get: CONDITIONS,
    status: 200,
    names: ALL_CONDITIONS,
    purpose: 'TREAT',
  },
  { name: 'user/Condition.r reads', claims: { ...physician, scope: 'user/Condition.r' }, get: CONDITION, status: 200, purpose: 'TREAT' },
  {
    name: '… and does not search',
    claims: { ...physician, scope: 'user/Condition.r' },
    get: CONDITIONS,
    status: 403,
    reason: 'scope-insufficient',
    purpose: 'TREAT',
  },
  {
    name: 'user/Condition.s does not read',
    claims: { ...physician, scope: 'user/Condition.s' },
    get: CONDITION,
    status: 403,
    reason: 'scope-insufficient',
    purpose: 'TREAT',
  },
  {
    name: 'a scope to write does not read',
    claims: { ...physician, scope: 'user/*.cud' },
    get: CONDITION,
    status: 403,
    reason: 'scope-insufficient',
    purpose: 'TREAT',
  },
  {
    name: 'another type is out of scope',
    claims: { ...physician, scope: 'user/Observation.rs' },
    get: CONDITION,
    status: 403,
    reason: 'scope-insufficient',
    purpose: 'TREAT',
  },
  {
    name: 'no scope at all',
    claims: { ...physician, scope: 'openid' },
    get: CONDITION,
    status: 403,
    reason: 'scope-insufficient',
    purpose: 'TREAT',
  },
  {
    name: 'no scope claim',
    claims: without(physician, 'scope'),
    get: CONDITION,
    status: 403,
    reason: 'scope-insufficient',
    purpose: 'TREAT',
  },
  {
    name: 'a granular scope gives what its query matches',
    claims: { ...physician, scope: `user/Observation.rs?category=${LAB}` },
    get: '/fhir/Observation?patient=maria&_sort=_id',
    status: 200,
    names: LABS,
    purpose: 'TREAT',
  },
  {
    name: '… and not the rest, not even by id',
    claims: { ...physician, scope: `user/Observation.rs?category=${LAB}` },
    get: '/fhir/Observation/maria-phq9',
    status: 404,
    reason: 'not-found',
    purpose: 'TREAT',
  },
  {
    name: 'a granular scope that can not be held to grants nothing; the others stand',
    claims: { ...physician, scope: 'user/Observation.rs?subject.name=x user/Condition.rs' },
    get: '/fhir/Observation?patient=maria',
    status: 403,
    reason: 'scope-insufficient',
    purpose: 'TREAT',
  },
  {
    name: 'includes stay within the scopes',
    claims: { ...physician, scope: 'user/Condition.rs' },
    get: '/fhir/Condition?_id=maria-diabetes&_include=Condition:subject',
    status: 200,
    names: ['Condition/maria-diabetes'],
    purpose: 'TREAT',
  },
  {
    name: '$everything gives the types that are in scope',
    claims: { ...physician, scope: 'user/Patient.rs user/Condition.rs' },
    get: '/fhir/Patient/maria/$everything?_type=Condition,Patient,Observation',
    status: 200,
    names: ['Patient/maria', 'Condition/maria-diabetes', 'Condition/maria-hypertension', 'Condition/maria-depression'],
    purpose: 'TREAT',
  },
  {
    name: 'system/*.rs reads for a backend service of the practice',
    claims: { ...without(physician, 'fhirUser'), scope: 'system/*.rs' },
    get: CONDITION,
    status: 200,
    purpose: 'TREAT',
  },
  {
    name: "patient/*.rs is about the app's own patient",
    claims: patient,
    get: CONDITIONS,
    status: 200,
    names: ALL_CONDITIONS,
    purpose: 'PATRQT',
  },
  { name: '… and about nobody else', claims: patient, get: '/fhir/Condition?patient=robert', status: 200, names: [], purpose: 'PATRQT' },
  { name: '… not by id either', claims: patient, get: '/fhir/Patient/robert', status: 404, reason: 'not-found', purpose: 'PATRQT' },
  {
    name: 'a clinician launched with a patient stays with that patient',
    claims: { ...physician, scope: 'launch/patient patient/*.rs', patient: 'maria' },
    get: '/fhir/Condition?_sort=_id&_count=200',
    status: 200,
    names: ALL_CONDITIONS,
    purpose: 'TREAT',
  },
  {
    name: 'patient scopes without a patient are a contradiction',
    claims: { ...physician, scope: 'patient/*.rs' },
    get: CONDITION,
    status: 403,
    reason: 'context-incomplete',
  },
  {
    name: "a patient's app that was launched with somebody else",
    claims: { ...patient, patient: 'robert' },
    get: '/fhir/Patient/robert',
    status: 403,
    reason: 'context-incomplete',
  },
];

export const purposes: readonly WhoCase[] = [
  { name: 'one purpose in the token: no header needed', claims: physician, get: CONDITION, status: 200, purpose: 'TREAT' },
  { name: 'several and no header', claims: emergency, get: CONDITION, status: 403, reason: 'purpose-required' },
  {
    name: 'several and one chosen',
    claims: emergency,
    headers: { 'X-Purpose-Of-Use': 'TREAT' },
    get: CONDITION,
    status: 200,
    purpose: 'TREAT',
  },
  {
    name: 'one that the token does not hold',
    claims: physician,
    headers: { 'X-Purpose-Of-Use': 'HPAYMT' },
    get: CONDITION,
    status: 403,
    reason: 'purpose-not-held',
  },
  {
    name: 'one that is none',
    claims: physician,
    headers: { 'X-Purpose-Of-Use': 'constructor' },
    get: CONDITION,
    status: 403,
    reason: 'purpose-not-held',
  },
  {
    name: 'two in one header',
    claims: emergency,
    headers: { 'X-Purpose-Of-Use': 'TREAT, BTG' },
    get: CONDITION,
    status: 400,
    reason: 'invalid-request',
  },
  {
    name: 'none in the token: that of the role',
    claims: without(physician, 'purpose_of_use'),
    get: CONDITION,
    status: 200,
    purpose: 'TREAT',
  },
  {
    name: 'as codings',
    claims: { ...physician, purpose_of_use: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }] },
    get: CONDITION,
    status: 200,
    purpose: 'TREAT',
  },
  {
    name: 'the same clinician for payment is workforce and gets a view',
    claims: { ...physician, purpose_of_use: 'HPAYMT' },
    get: '/fhir/Observation/maria-hba1c',
    status: 404,
    reason: 'not-found',
    purpose: 'HPAYMT',
  },
  { name: 'no roles', claims: without(physician, 'roles'), get: CONDITION, status: 403, reason: 'context-incomplete' },
  {
    name: 'a role that nobody knows',
    claims: { ...physician, roles: ['wizard'] },
    get: CONDITION,
    status: 403,
    reason: 'context-incomplete',
  },
  {
    name: 'a fhirUser of another record',
    claims: { ...physician, fhirUser: 'https://elsewhere.example/fhir/Practitioner/bennett' },
    get: CONDITION,
    status: 403,
    reason: 'context-incomplete',
  },
  {
    name: 'an organization that is a name',
    claims: { ...physician, organization: 'Lakeside Family Practice' },
    get: CONDITION,
    status: 403,
    reason: 'context-incomplete',
  },
  {
    name: 'an auditor reads no records, whatever the scope',
    claims: { ...personaClaims('auditor'), scope: 'user/*.rs' },
    get: CONDITION,
    status: 404,
    reason: 'not-found',
    purpose: 'HCOMPL',
  },
];

export const breakGlass: readonly WhoCase[] = [
  {
    name: 'BTG without a reason',
    claims: emergency,
    headers: { 'X-Purpose-Of-Use': 'BTG' },
    get: CONDITION,
    status: 403,
    reason: 'forbidden',
  },
  {
    name: 'a reason that says nothing',
    claims: emergency,
    headers: { 'X-Purpose-Of-Use': 'BTG', 'X-Break-Glass': 'help' },
    get: CONDITION,
    status: 400,
    reason: 'invalid-request',
  },
  {
    name: 'a reason picks BTG',
    claims: emergency,
    headers: { 'X-Break-Glass': 'Unconscious, no next of kin' },
    get: CONDITION,
    status: 200,
    purpose: 'BTG',
  },
  {
    name: 'a reason with treatment is a contradiction',
    claims: emergency,
    headers: { 'X-Purpose-Of-Use': 'TREAT', 'X-Break-Glass': 'Unconscious, no next of kin' },
    get: CONDITION,
    status: 400,
    reason: 'invalid-request',
  },
  {
    name: 'who does not hold BTG breaks no glass',
    claims: physician,
    headers: { 'X-Break-Glass': 'Unconscious, no next of kin' },
    get: CONDITION,
    status: 403,
    reason: 'purpose-not-held',
  },
  {
    name: 'an emergency with a reason passes a restriction that does not name emergencies',
    claims: { ...physician, purpose_of_use: ['TREAT', 'BTG'] },
    headers: { 'X-Break-Glass': 'Unconscious, nobody else on call' },
    get: '/fhir/Condition?patient=aisha',
    status: 200,
    names: ['Condition/aisha-asthma'],
    purpose: 'BTG',
  },
  {
    name: 'an attestation that nobody knows',
    claims: physician,
    headers: { 'X-Attestation': 'ZZ-99; trust me' },
    get: CONDITION,
    status: 403,
    reason: 'attestation-not-entitled',
  },
  {
    name: 'an attestation without words',
    claims: emergency,
    headers: { 'X-Purpose-Of-Use': 'TREAT', 'X-Attestation': 'PN-14' },
    get: CONDITION,
    status: 400,
    reason: 'invalid-request',
  },
];
