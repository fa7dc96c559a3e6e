/**
 * The literal registry of formats, and the way from a foreign file to a contract. Pure: text in, a
 * document and everything that was lost out.
 */
import type { JsonObject } from '../../core/units/json.ts'
import { importCompose } from './compose/import-compose.ts'
import { Draft } from './draft/draft.ts'
import type { Importer } from './format.ts'
import { importGoss } from './goss/import-goss.ts'
import { importKubernetes } from './kubernetes/import-kubernetes.ts'
import { Losses, type Lost } from './losses.ts'
import { importProcessCompose } from './process-compose/import-process-compose.ts'
import { importProcfile } from './procfile/import-procfile.ts'
import { type Problem, readItems } from './source/read-items.ts'

/** A format that can be imported. */
export type ImportFormat = 'compose' | 'process-compose' | 'procfile' | 'kubernetes' | 'goss'

/** Every format by its name. */
export const IMPORT_FORMATS: readonly ImportFormat[] = [
  'compose',
  'process-compose',
  'procfile',
  'kubernetes',
  'goss',
]

const YAML_FORMATS: Readonly<Record<Exclude<ImportFormat, 'procfile'>, Importer>> = {
  compose: importCompose,
  'process-compose': importProcessCompose,
  kubernetes: importKubernetes,
  goss: importGoss,
}

/** What is imported. */
export interface ImportRequest {
  readonly format: ImportFormat
  readonly text: string
  /** The name of the contract. */
  readonly name: string
  /** The file's path as seen from the contract's folder; commands may name it. */
  readonly file: string
  /** Profiles of compose whose services take part. @default none */
  readonly profiles?: readonly string[]
}

/** What came of it. */
export interface Imported {
  /** Absent when there is a problem. */
  readonly document?: JsonObject
  /** In the order of the file. */
  readonly lost: readonly Lost[]
  /** Why there is no document. */
  readonly problem?: Problem
}

/** Imports a file. Never throws for what is in it. */
export function importContract(request: ImportRequest): Imported {
  const { format, text, name, file, profiles = [] } = request
  const losses = new Losses()
  const draft = new Draft()
  const context = { draft, losses, text, file, profiles }
  if (format === 'procfile') importProcfile(context)
  else {
    const read = readItems(text.replace(/^\uFEFF/, ''), losses)
    if (read.problem !== undefined) return { lost: losses.sorted(), problem: read.problem }
    YAML_FORMATS[format](read.items, context)
  }
  const lost = losses.sorted()
  if (draft.components.size > 0) return { document: draft.document(name), lost }
  const message = `there is nothing in it that a contract could run or prove; was it ${format}?`
  return { lost, problem: { line: 1, column: 1, message } }
}

/** Recognises a format by a file's name, then by its words; undefined when neither tells. */
export function recogniseFormat(fileName: string, text: string): ImportFormat | undefined {
  const name = fileName.toLowerCase()
  if (/^procfile(\.|$)/.test(name)) return 'procfile'
  if (/process-?compose/.test(name)) return 'process-compose'
  if (/^(docker-)?compose[.-]/.test(name)) return 'compose'
  if (/^goss(\.|-|$)/.test(name)) return 'goss'
  if (/^processes\s*:/m.test(text)) return 'process-compose'
  if (/^services\s*:/m.test(text)) return 'compose'
  if (/^apiVersion\s*:/m.test(text) && /^kind\s*:/m.test(text)) return 'kubernetes'
  return /^(port|addr|http|command|file|dns)\s*:\s*$/m.test(text) ? 'goss' : undefined
}
