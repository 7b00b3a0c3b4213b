/** What reading through the gateway refuses, and why: told in `/fhir/metadata`, so that whoever is refused finds out. */
export const REFUSED_READING: readonly (readonly [what: string, why: string])[] = [
  [
    '_text, _content, _filter, near on types about patients',
    'only the record server can evaluate them, on what may be withheld; allowed on types about no patient (Practitioner, Organization, ValueSet), where what is withheld or redacted never matches',
  ],
  ['token modifiers :in, :not-in, :above, :below on types about patients', 'the same: they need terminology'],
  ['_filter with a path into other resources', 'a chain that can not be decided; write it as a chained parameter'],
  ['_query', 'a named query may read anything'],
  ['_list with a functional list ($current-problems)', 'not kept here; _list takes ids of List resources'],
  ['_contained other than false, _containedType other than container', 'contained resources are part of what contains them'],
  ['_revinclude=*', 'it would search every type; _revinclude=Type:* is allowed'],
  ['_include or _revinclude with _summary=text', 'FHIR R4 section 3.1.1.5.8'],
  ['search over all types without _type; parameters of one type there', 'unbounded; FHIR R4 section 3.1.1.2'],
  ['chains of more than 3 links, more than 8 chains and _has in a search', 'each link is a search of its own'],
  ['chained parameters of Bundle', 'its entries are decided with it, not as resources'],
  ['search, history and $meta of Binary', 'content is read by id, through the documents that refer to it'],
  ['history of a type or of the system without a system scope', 'it tells of every record'],
  ['_list, _sort on _history', 'versions come newest first'],
  ['compartments other than Patient; Patient/[id]/*', 'use Patient/[id]/$everything'],
  ['Patient/$everything of all patients', 'search, page by page'],
  [
    '$summary',
    'an International Patient Summary says what is not there ("no known allergies"); a record that may be partly withheld can not',
  ],
  ['$docref with on-demand, $validate with a profile or mode delete', 'no document is made here; base definitions only'],
  [
    '$export without a system scope; of Binary; with _typeFilter, _elements, includeAssociatedData; counts, errors and deletions in its manifest',
    'whole records are for backend services; what narrows or counts would tell of what is withheld',
  ],
  ['$meta-add, $meta-delete', 'labels change by an update, which is decided'],
  [
    '$graphql, $graph, $member-match, $convert, $process-message and every other operation',
    'not on the list of operations that are decided',
  ],
  ['Subscription', 'it would deliver past every decision'],
  ['formats other than JSON', 'what can not be read can not be redacted'],
  ['searches whose candidates exceed the bound', 'too-costly, whatever of them is withheld'],
];
