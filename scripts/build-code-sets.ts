/**
 * Selects the SNOMED CT code sets of policies/code-sets from two lists of facts: what public rule sets call sensitive
 * (../shared/codes/peer-codes.tsv: system, code, category, label, description, sources), and the expansions that HL7 publishes with
 * FHIR R4 (hl7.fhir.r4.examples). The descriptions only serve to judge; they are not written, for SNOMED CT's are licensed. What a peer filed wrongly (testis disorders under psychiatry, caffeine under substance
 * use, accidental poisoning by atenolol) falls out by the patterns. `node scripts/build-code-sets.ts`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Category of the facts from HL7's expansions, which nobody sorted by sensitivity: only for patterns narrow enough. */
const HL7 = 'hl7';

interface Selection {
  readonly id: string;
  readonly title: string;
  readonly labels: readonly string[];
  readonly comment: string;
  /** Categories of the peers' lists to choose from. */
  readonly from: readonly string[];
  readonly is: RegExp;
  readonly not?: RegExp;
  /** Well-known concepts that no peer lists, judged one by one. */
  readonly also: readonly string[];
}

const SUBSTANCE =
  'alcohol|drug|opioid|opiate|opium|heroin|morphine|methadone|fentanyl|buprenorphine|cocaine|crack|cannabis|cannabin|marijuana|amphetamine|ecstasy|stimulant|' +
  'hallucinogen|lysergi|mescaline|phencyclidine|ketamine|inhalant|glue|solvent|volatile|sedative|hypnotic|anxiolytic|barbiturate|benzodiazepine|substance|khat|polysubstance|polydrug|poly-drug|narcotic';
const PROBLEM =
  'abuse|dependen|addict|misus|use disorder|withdraw|intoxicat|delirium|psychotic|psychosis|hallucin|mood disorder|anxiety disorder|persisting|amnes|dement|sleep disorder|' +
  'organic mental|induced organic|overdose|in remission|problem|user|injector|inject';
const HARMLESS =
  /caffeine|tobacco|nicotine|smok|moderate drinker|light drinker|social drinker|trivial|teetotal|non-?drinker|drinker of|spirit|never|methanol|isopropyl|butyl|denatured|laxative|diuretic|steroid|thyroid|antacid|vitamin|analgesic abuse|adverse|no known|denies|codependen|drinks alcoholic|drug-induced|suicid|screen/i;

const SELECTIONS: readonly Selection[] = [
  {
    id: 'snomed-mental-health',
    title: 'Mental disorders (SNOMED CT)',
    labels: ['MH', 'PSY'],
    comment:
      'Mental disorders and psychiatric findings. Developmental, cognitive, self-harm and substance concepts are in sets of their own.',
    from: ['mental-health', 'sexual-reproductive', 'disabilities'],
    is: /depress|dysthym|cyclothym|bipolar|mania\b|manic|schizo|psychos[ei]s|psychotic|paranoi|delusion|hallucinat|cataton|anxiety disorder|neurotic|neurosis|panic|phobi|obsess|compulsi|stress disorder|stress reaction|stress-related|adjustment|dissociat|depersonal|fugue|conversion|hysteri|somatoform|somatiz|hypochondr|personality|anorexia nervosa|bulimi|eating disorder|binge|psychogenic|mood|affective|attention deficit|hyperactiv|hyperkinetic|conduct disorder|oppositional|tourette|gender identity|paraphil|fetish|exhibition|voyeur|p[a]?edophil|sadis|masoch|frotteur|transvest|pyroman|kleptoman|trichotill|gambling|impulse|intermittent explosive|mental disorder|mental illness|psychiatric|emotional dist|attachment disorder|separation anxiety|mutism|factitious|munchausen|malinger|postnatal depression|postpartum|psychosexual|axis [iv]+\b|psychological/i,
    not: /sedative|dementia|delirium|retardation|intellectual|autis|asperger|alcohol|drug|opioid|cocaine|cannabis|amphetamine|substance|caffeine|tobacco|suicid|sleep|insomn|nightmare|scrot|testi|vagin|penis|pelvi|ejaculat|orgasm|dyspareun|menstr|dysarthr|dyslalia|stutter|stammer|aphasia|language|reading|writing|arithmetic|learning|articulat|photophobi|hydrophobi|phonophobi|hemi|lymph|neuropath|adjustment of|fitting|hydroceph|affective vis|screen/i,
    also: [
      '74732009',
      '35489007',
      '36923009',
      '370143000',
      '197480006',
      '21897009',
      '371631005',
      '47505003',
      '58214004',
      '13746004',
      '191736004',
      '69322001',
      '13313007',
      '80583007',
      '72366004',
      '56882008',
      '78004001',
      '66344007',
      '310495003',
      '310496002',
      '310497006',
      '87414006',
      '192080009',
      '161464003',
      '161468000',
      '161469008',
      '161471008',
      '161472001',
      '160324006',
      '160329001',
    ],
  },
  {
    id: 'snomed-developmental',
    title: 'Developmental and intellectual disability (SNOMED CT)',
    labels: ['MH', 'DVD'],
    comment: 'Intellectual disability and autism. Speech, reading and learning difficulties are not in.',
    from: ['mental-health', 'disabilities'],
    is: /mental retardation \(i|profound mental retardation|(mild|moderate|severe|borderline|profound) mental retardation|intellectual disab|autis|asperger|pervasive developmental|\brett|childhood disintegrative/i,
    also: ['35919005', '408856003', '110359009'],
  },
  {
    id: 'snomed-cognitive',
    title: 'Dementia and delirium (SNOMED CT)',
    labels: ['MH', 'COGN'],
    comment: 'Dementia and delirium that are not substance-induced.',
    from: ['mental-health', 'cognitive'],
    is: /dementia|alzheimer|delirium/i,
    not: /alcohol|drug|opioid|cocaine|cannabis|amphetamine|substance|inhalant|sedative|exhaustion/i,
    also: ['52448006', '26929004', '2776000', '161465002'],
  },
  {
    id: 'snomed-self-harm',
    title: 'Suicidality and self-harm (SNOMED CT)',
    labels: ['MH'],
    comment: 'Findings and events: they do not descend from mental disorder. Anxiety as a finding is here for the same reason.',
    from: ['mental-health', 'violence', 'sexual-domestic-violence', 'substance-use', HL7],
    is: /suicid|self[- ]harm|self[- ]injur|self[- ]mutilat|self[- ]inflict|intentional poisoning|intentional overdose|^(mild|moderate|severe)? ?anxiety \(/i,
    not: /accidental|screen|risk assessment|scale|assisted|\bFH\b/i,
    also: ['6471006', '225457007', '225444004', '401206008', '82313006', '248062006', '48694002', '44301001', '418420002', '425104003'],
  },
  {
    id: 'snomed-substance-use',
    title: 'Substance use (SNOMED CT)',
    labels: ['SUD'],
    comment:
      'Abuse, dependence, withdrawal, intoxication, induced disorders, history. Caffeine, tobacco, ordinary drinking habits and adverse effects of treatment are not in.',
    from: ['substance-use'],
    is: new RegExp(
      `(${SUBSTANCE})[^(]*(${PROBLEM})|(${PROBLEM})[^(]*(${SUBSTANCE})|alcoholi|heavy drinker|drinker - more|very heavy|habitual drinker|problem drinker|hazardous drink|harmful use|binge drink|delirium tremens|chases the dragon|drug tak|drug-seeking|fetal alcohol|alcohol-induced|korsakoff|wernicke`,
      'i',
    ),
    not: HARMLESS,
    also: [
      '161466001',
      '161467005',
      '162591001',
      '162592008',
      '162593003',
      '20078004',
      '4266003',
      '66214007',
      '2403008',
      '7200002',
      '11387009',
      '371422002',
      '191480000',
      '228281002',
      '26416006',
      '6525002',
      '361055000',
      '55680006',
      '5602001',
      '75544000',
      '191816009',
      '15167005',
      '66590003',
      '231477003',
      '699449003',
    ],
  },
  {
    id: 'snomed-drugs-mental-health',
    title: 'Psychotropic substances (SNOMED CT)',
    labels: ['MH'],
    comment: 'Substances and products of psychotropic medication; the same choice as drugs-mental-health.',
    from: [HL7],
    is: /^(sertraline|fluoxetine|paroxetine|(es)?citalopram|fluvoxamine|(des)?venlafaxine|duloxetine|mirtazapine|trazodone|nefazodone|bupropion|amitriptyline|nortriptyline|imipramine|desipramine|clomipramine|doxepin|protriptyline|trimipramine|amoxapine|maprotiline|phenelzine|tranylcypromine|isocarboxazid|aripiprazole|olanzapine|quetiapine|risperidone|paliperidone|ziprasidone|clozapine|haloperidol|chlorpromazine|fluphenazine|perphenazine|trifluoperazine|thioridazine|thiothixene|loxapine|molindone|pimozide|lithium (carbonate|citrate)|alprazolam|lorazepam|diazepam|oxazepam|buspirone|methylphenidate|atomoxetine|dexamphetamine)\b/i,
    not: /overdose|poison|toxic|level|measurement|enuresis/i,
    also: [
      '372594008',
      '372767007',
      '372595009',
      '372596005',
      '400447003',
      '372490001',
      '386847004',
      '386850001',
      '386849001',
      '386840002',
      '406784005',
      '387568001',
      '386837002',
      '387095001',
      '387264003',
      '387106007',
      '386983007',
    ],
  },
  {
    id: 'snomed-drugs-substance-use',
    title: 'Substances of substance use treatment (SNOMED CT)',
    labels: ['SUD'],
    comment: 'The same choice as drugs-substance-use.',
    from: [HL7],
    is: /^(buprenorphine|methadone|naltrexone|disulfiram|acamprosate)\b/i,
    not: /overdose|poison|toxic|level|measurement|withdrawal|misuse|dependence/i,
    also: ['387173000', '387286002', '373546002', '387212009', '391698009'],
  },
  {
    id: 'snomed-violence',
    title: 'Sexual and domestic violence (SNOMED CT)',
    labels: ['SDV'],
    comment: 'Abuse, assault and neglect of a person; counseling about it.',
    from: ['sexual-domestic-violence', 'violence', HL7],
    is: /(child|sexual|sex|physical|emotional|domestic|spouse|partner|elder|adult|marital)[^(]*(abuse|assault|violence|neglect)|abuse of (elderly|adult|child|partner|spouse)|victim of|\brape\b|battered|incest|domestic violence/i,
    not: /drug abuse|alcohol|substance|crime|accident|terror|sexual abuse counsel+ing service|harassment at work|perpetrator of theft|suicid/i,
    also: ['313070006', '54231004', '248110007', '95922009', '95921002'],
  },
  {
    id: 'snomed-instruments-mental-health',
    title: 'Mental health instruments (SNOMED CT)',
    labels: ['MH'],
    comment: 'Scales and interviews about mood, anxiety, suicide, psychosis; not tests of memory or development.',
    from: [HL7],
    is: /(depress|anxiety|suicid|psychiatric|schizo|mania|mood|obsess|panic|phobi|ptsd|stress disorder|hopeless|personality)[^(]*(scale|inventory|questionnaire|interview|schedule|index|score|checklist)|(scale|inventory|questionnaire|interview|schedule|index)[^(]*(depress|anxiety|suicid|psychiatric|schizo|mania|mood|obsess|panic|phobi|hopeless)/i,
    not: /alcohol|dementia|pain|illness scale|cancer/i,
    also: ['720433000'],
  },
  {
    id: 'snomed-alcohol-use',
    title: 'Alcohol use (SNOMED CT)',
    labels: ['SUD', 'ETHUD'],
    comment: 'Which of the substance use concepts are about alcohol.',
    from: ['substance-use'],
    is: new RegExp(
      `alcohol[^(]*(${PROBLEM})|(${PROBLEM})[^(]*alcohol|alcoholi|heavy drinker|habitual drinker|problem drinker|hazardous drink|harmful (drink|use of alcohol)|binge drink|delirium tremens|fetal alcohol|alcohol-induced|korsakoff|wernicke`,
      'i',
    ),
    not: HARMLESS,
    also: ['161466001', '7200002', '191480000', '228281002', '15167005', '66590003'],
  },
  {
    id: 'snomed-opioid-use',
    title: 'Opioid use (SNOMED CT)',
    labels: ['SUD', 'OPIOIDUD'],
    comment: 'Which of the substance use concepts are about opioids.',
    from: ['substance-use'],
    is: new RegExp(
      `(opioid|opiate|opium|heroin|morphine|methadone|fentanyl|buprenorphine|narcotic)[^(]*(${PROBLEM})|(${PROBLEM})[^(]*(opioid|opiate|opium|heroin|morphine|methadone|fentanyl|buprenorphine|narcotic)|chases the dragon`,
      'i',
    ),
    not: new RegExp(`${HARMLESS.source}|non-opioid|excluding opioid`, 'i'),
    also: ['5602001', '75544000', '231477003'],
  },
];

/** Whether the last digit is the Verhoeff check digit of a SNOMED CT identifier; a mistyped code does not get in. */
export function isSnomedIdentifier(code: string): boolean {
  const step = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
  const dihedral = (a: number, b: number): number =>
    a < 5 ? (b < 5 ? (a + b) % 5 : ((a + b) % 5) + 5) : b < 5 ? ((a - b + 5) % 5) + 5 : (((a - b) % 5) + 5) % 5;
  let check = 0;
  [...code].reverse().forEach((digit, position) => {
    let value = Number(digit);
    for (let times = 0; times < position % 8; times += 1) value = step[value] as number;
    check = dihedral(check, value);
  });
  return /^\d{6,18}$/.test(code) && check === 0;
}

interface Fact {
  readonly system: string;
  readonly code: string;
  readonly category: string;
  readonly description: string;
}

/** Negations and the context of other people's words. */
const NEGATED =
  /^(no|not|denies|never|without)\b|\bno known\b|allergy|adverse|declined|refused|contraindicated|not discussed|of relative|of close relative|\brelative\b|rape leaf/i;

export function selectCodes(selection: Selection, facts: readonly Fact[]): string[] {
  const chosen = facts.filter(
    ({ system, category, description }) =>
      system === 'http://snomed.info/sct' &&
      selection.from.includes(category) &&
      selection.is.test(description) &&
      !NEGATED.test(description) &&
      selection.not?.test(description) !== true,
  );
  const codes = new Set([...chosen.map(({ code }) => code), ...selection.also]);
  return [...codes].filter(isSnomedIdentifier).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

export function codeSetText(selection: Selection, codes: readonly string[]): string {
  const lines: string[] = [];
  for (let at = 0; at < codes.length; at += 10) lines.push(codes.slice(at, at + 10).join(', '));
  return `# ${selection.comment}
# Selected by scripts/build-code-sets.ts from codes that public rule sets agree on. Identifiers only: use needs a SNOMED CT licence.
id: ${selection.id}
title: ${selection.title}
source: SNOMED CT identifiers in bhits/vss, SHIFT-Task-Force/SLS-ValueSets, asushares and HL7's FHIR R4 expansions; selection by Privity
licence: identifiers only; SNOMED CT Affiliate Licence for use
version: '2026.1'
labels: [${selection.labels.join(', ')}]
systems:
  - system: http://snomed.info/sct
    codes: [
      ${lines.join(',\n      ')}
    ]
`;
}

if (import.meta.main) {
  const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  const rows = readFileSync(at('../../shared/codes/peer-codes.tsv'), 'utf8').trim().split('\n').slice(1);
  const facts = rows.map((row) => {
    const [system = '', code = '', category = '', , description = ''] = row.split('\t');
    return { system, code, category, description };
  });
  const collect = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { system, code, display } = node as Record<string, unknown>;
    if (typeof system === 'string' && typeof code === 'string' && typeof display === 'string') {
      facts.push({ system, code, category: HL7, description: display });
    }
    Object.values(node).forEach(collect);
  };
  const require = createRequire(import.meta.url);
  collect(JSON.parse(readFileSync(require.resolve('hl7.fhir.r4.examples/Bundle-valueset-expansions.json'), 'utf8')));
  for (const selection of SELECTIONS) {
    const codes = selectCodes(selection, facts);
    writeFileSync(at(`../policies/code-sets/${selection.id}.yaml`), codeSetText(selection, codes));
    console.log(`${selection.id}: ${codes.length} codes`);
    if (process.argv.includes('--list')) {
      for (const code of codes) console.log(`  ${code} ${facts.find((fact) => fact.code === code)?.description ?? '(own)'}`);
    }
  }
}
