/**
 * Types whose codes say something of a patient, and types whose codes don't: a ValueSet that lists F32.9, the Questionnaire
 * of the PHQ-9 or the page of a psychiatrist in a directory is nobody's diagnosis. Declared labels hold for all of them.
 */

/** Definitions: their codes say what could be recorded, not what was recorded about a patient. */
export const NOT_ABOUT_PATIENTS: ReadonlySet<string> = new Set(
  (
    'ActivityDefinition CapabilityStatement CatalogEntry ChargeItemDefinition CodeSystem CompartmentDefinition ConceptMap DeviceDefinition ' +
    'EffectEvidenceSynthesis EventDefinition Evidence EvidenceVariable ExampleScenario GraphDefinition ImplementationGuide InsurancePlan ' +
    'Library Measure MedicationKnowledge MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication ' +
    'MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged ' +
    'MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition NamingSystem ObservationDefinition ' +
    'OperationDefinition PlanDefinition Questionnaire ResearchDefinition ResearchElementDefinition ResearchStudy RiskEvidenceSynthesis ' +
    'SearchParameter SpecimenDefinition StructureDefinition StructureMap Subscription SubstanceNucleicAcid SubstancePolymer SubstanceProtein ' +
    'SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification TerminologyCapabilities TestReport TestScript ValueSet'
  )
    .split(' ')
    // Directories: what a clinic or a clinician offers is about them; what it says of a patient is judged on the patient's record.
    .concat('Endpoint HealthcareService Location Organization OrganizationAffiliation Practitioner PractitionerRole'.split(' ')),
);
/** Definitions that stay definitions even inside a patient's resource. */
export const TERMINOLOGY: ReadonlySet<string> = new Set(['CodeSystem', 'ConceptMap', 'ValueSet']);
