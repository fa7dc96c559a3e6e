/**
 * What was sent to be held, understood. Contracts that are used as parts are taken from what is held,
 * or from what was sent with them; either way they must have the digest that is named.
 */

import { parseDocuments } from '../../contracts/document/parse-documents.ts'
import { documentOfProgram } from '../../contracts/document/program-document.ts'
import { partUses, withoutParts } from '../../contracts/environment/part.ts'
import { heldIssues } from '../../contracts/held.ts'
import { type ParsedContracts, parseContracts, type SourceValue } from '../../contracts/index.ts'
import { isFault } from '../../core/fault/fault.ts'
import { type Digest, digestOf } from '../../core/units/digest.ts'
import type { Json } from '../../core/units/json.ts'
import type { ApplyRequest, ApplySource } from '../wire/contracts.ts'

type Source = ApplySource | SourceValue

/** Finds the document of a digest among what is held. */
export type FindDocument = (digest: Digest) => Promise<Json | undefined>

/** Understands documents, or says everything that is wrong with them. */
export async function readDocuments(
  { documents = [], sources: texts = [] }: ApplyRequest,
  find: FindDocument,
): Promise<ParsedContracts> {
  const values = documents.map((value, place) => ({ path: `documents[${place}]`, value }))
  const sources: readonly Source[] = [...texts, ...values]
  const parts = await findParts(sources, find)
  const parsed = parseContracts(sources, (source, file) => parts.get(keyOf(source, file)))
  return { ...parsed, issues: [...parsed.issues, ...parsed.contracts.flatMap(heldIssues)] }
}

async function findParts(
  sources: readonly Source[],
  find: FindDocument,
): Promise<ReadonlyMap<string, Json>> {
  const read = sources.map((source) => ({ source, values: valuesOf(source) }))
  const sent = new Map(read.flatMap(({ values }) => values.flatMap(digested)))
  const parts = new Map<string, Json>()
  for (const { source, values } of read) {
    for (const { file, revision } of values.flatMap((value) => partUses(value))) {
      const digest = revision as Digest | undefined
      const document = digest && (sent.get(digest) ?? (await find(digest)))
      if (document !== undefined) parts.set(keyOf(source.path, file), document)
    }
  }
  return parts
}

function valuesOf(source: Source): readonly Json[] {
  const { documents } = 'text' in source ? parseDocuments(source) : documentOfProgram(source)
  return documents.map(({ value }) => value)
}

function digested(value: Json): readonly (readonly [Digest, Json])[] {
  const bare = withoutParts(value)
  try {
    return [[digestOf(bare), bare]]
  } catch (error) {
    // What cannot be digested is told as an issue of its own.
    if (isFault(error, 'json-not-canonical')) return []
    throw error
  }
}

function keyOf(source: string, file: string): string {
  return JSON.stringify([source, file])
}
