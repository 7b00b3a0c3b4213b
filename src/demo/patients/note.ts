/**
 * A clinical note as FHIR keeps it: a DocumentReference that describes it and a Binary that holds its text. Some notes
 * carry their labels on both, some on the document alone: a Binary inherits from the documents that refer to it
 * (design.md 4.1 point 3).
 */
import type { Binary, Coding, DocumentReference, Reference } from 'fhir/r4.js';
import { ref, textAttachment } from './build.ts';
import { coding, concept } from './code-words.ts';

export interface NoteStory {
  readonly id: string;
  readonly subject: string;
  readonly type: Coding;
  readonly title: string;
  readonly author: Reference;
  readonly custodian: string;
  readonly encounter?: string;
  readonly written: string;
  readonly text: string;
  /** Labels declared by the source system; a Binary without its own inherits from the document that refers to it. */
  readonly security?: readonly Coding[];
  readonly binarySecurity?: readonly Coding[];
}

/** A clinical note: the DocumentReference that describes it and the Binary that holds its text. */
export function note(story: NoteStory): [DocumentReference, Binary] {
  const { data, ...attachment } = textAttachment(story.title, story.text, story.written);
  const security =
    story.security === undefined ? {} : { meta: { security: [...story.security] }, securityLabel: [{ coding: [...story.security] }] };
  const document: DocumentReference = {
    resourceType: 'DocumentReference',
    id: story.id,
    ...security,
    status: 'current',
    docStatus: 'final',
    type: concept(story.type),
    category: [
      concept(coding('http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category', 'clinical-note', 'Clinical Note')),
    ],
    subject: ref(story.subject),
    date: story.written,
    author: [story.author],
    custodian: ref(story.custodian),
    description: story.title,
    content: [{ attachment: { ...attachment, url: `Binary/${story.id}-text` } }],
    ...(story.encounter === undefined ? {} : { context: { encounter: [ref(story.encounter)] } }),
  };
  const binary: Binary = {
    resourceType: 'Binary',
    id: `${story.id}-text`,
    ...(story.binarySecurity === undefined ? {} : { meta: { security: [...story.binarySecurity] } }),
    contentType: 'text/plain; charset=utf-8',
    securityContext: ref(`DocumentReference/${story.id}`),
    data,
  };
  return [document, binary];
}
