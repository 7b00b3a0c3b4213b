/** Policies and how they read: what each says, then its prose. */
export const PROSE: readonly (readonly [situation: string, cedar: string, prose: string])[] = [
  [
    'a head alone',
    'forbid (principal == Recipient::"payer", action, resource);',
    'Forbids disclosing, creating, changing or deleting any health information, to or by payers.',
  ],
  [
    'an act, a category and a recipient',
    'forbid (principal == Recipient::"workforce", action == Action::"disclose", resource == Category::"mental-health");',
    'Forbids disclosing mental health information to the own workforce.',
  ],
  [
    'a purpose',
    'permit (principal, action == Action::"disclose", resource) when { context.purpose == Purpose::"TREAT" };',
    'Permits disclosing any health information to anyone when the purpose is treatment.',
  ],
  [
    'recipients and categories among the conditions',
    'permit (principal, action == Action::"disclose", resource) when { [Recipient::"payer", Recipient::"researcher"].contains(principal) && resource == Category::"sud" };',
    'Permits disclosing substance use disorder information to payers or researchers.',
  ],
  [
    'hours and days',
    'forbid (principal, action == Action::"disclose", resource) when { context.hour < 7 || context.hour >= 19 || [0, 6].contains(context.weekday) };',
    'Forbids disclosing any health information to anyone when it is before 7:00, or it is 19:00 or later, or the day is Sunday or Saturday.',
  ],
  [
    'hours the other way round, and at their ends',
    'forbid (principal, action == Action::"disclose", resource) when { 7 > context.hour || context.hour > 18 || context.hour == 12 || context.hour <= 3 };',
    'Forbids disclosing any health information to anyone when it is before 7:00, or it is 19:00 or later, or it is between 12:00 and 13:00, or it is before 4:00.',
  ],
  [
    'alternatives within a condition',
    'permit (principal, action == Action::"disclose", resource) when { context.purpose == Purpose::"TREAT" && (context.facts.contains(Fact::"minor") || context.consent == Vote::"deny") };',
    'Permits disclosing any health information to anyone when the purpose is treatment, and (the patient is a minor, or the patient’s directives deny it).',
  ],
  [
    'an exception',
    'forbid (principal, action == Action::"disclose", resource) unless { context.facts.containsAll([Fact::"minor", Fact::"self-pay"]) };',
    'Forbids disclosing any health information to anyone, unless the patient is a minor, and the patient paid for the care in full.',
  ],
  [
    'a negation',
    'forbid (principal, action == Action::"disclose", resource) when { !(principal == Recipient::"patient") && resource != Category::"sud" };',
    'Forbids disclosing any health information to anyone when it is not so that it goes to the patient, and it is not substance use disorder information.',
  ],
  [
    'labels, roles, a type and an organization',
    'forbid (principal, action == Action::"disclose", resource) when { context.labels.containsAny(["HIV", "SUD"]) && context.roles.contains(Role::"trainee") && context.resourceType == ResourceType::"Condition" && context.organization == "Organization/o1" };',
    'Forbids disclosing any health information to anyone when the data is labelled as label HIV (HIV) or label SUD (SUD), and the requester’s roles include trainee, and the resource is of type Condition, and the requester’s organization is Organization/o1.',
  ],
  [
    'an authorization and attestations',
    'permit (principal, action == Action::"disclose", resource) when { context.authorizations.contains(AuthorizationType::"hipaa-508") && context.attestations.containsAll([Attestation::"MH-13", Attestation::"PN-18"]) };',
    'Permits disclosing any health information to anyone when there is a HIPAA authorization, and “Authority” (MH-13) and PN-18 are attested.',
  ],
  [
    'a kind of a purpose',
    'forbid (principal, action == Action::"disclose", resource) when { context.purposeAncestors.containsAny([Purpose::"HPAYMT", Purpose::"HRESCH"]) };',
    'Forbids disclosing any health information to anyone when the purpose is a kind of purpose HPAYMT or purpose HRESCH.',
  ],
  [
    'writing',
    'permit (principal, action in [Action::"create", Action::"update"], resource == Category::"other") when { principal == Recipient::"patient" || context.purpose == Purpose::"TREAT" };',
    'Permits creating or changing other health information by anyone when it is done by the patient, or the purpose is treatment.',
  ],
  [
    'a view, obligations and a citation',
    '@citation("45 CFR 164.502") @view("payment") @obligation("MINEC AOD") permit (principal == Recipient::"payer", action == Action::"disclose", resource);',
    'Permits disclosing the “payment” view of any health information to payers, citing 45 CFR 164.502. It comes with the minimum necessary only and an entry in the accounting of disclosures.',
  ],
  [
    'a mandate',
    '@citation("45 CFR 164.502(a)(2)(ii)") @mandate("45 CFR 164.502(a)(2)(ii)") permit (principal == Recipient::"hhs", action == Action::"disclose", resource);',
    'Permits disclosing any health information to the Department of Health and Human Services, citing 45 CFR 164.502(a)(2)(ii). The law mandates it (45 CFR 164.502(a)(2)(ii)): neither an organization nor a directive bars it.',
  ],
  [
    'what there are no words for',
    'forbid (principal, action == Action::"disclose", resource) when { context.hour + 1 > context.weekday };',
    'Forbids disclosing any health information to anyone when `(context.hour + 1) > context.weekday` holds.',
  ],
  [
    'a choice, which there are no words for',
    'forbid (principal, action == Action::"disclose", resource) when { if context.hour < 7 then true else context.organization like "Organization/x*" };',
    'Forbids disclosing any health information to anyone when `if context.hour < 7 then true else context.organization like "Organization/x*"` holds.',
  ],
];
