/** What every importer is, and what it is told. */
import type { Draft } from './draft/draft.ts'
import type { Losses } from './losses.ts'
import type { Item } from './source/item.ts'

/** What an importer may know besides the text. */
export interface ImportContext {
  readonly draft: Draft
  readonly losses: Losses
  /** The file's path as seen from the contract's folder. */
  readonly file: string
  /** The file's text. */
  readonly text: string
  /** Profiles of compose that are asked for. */
  readonly profiles: readonly string[]
}

/** Fills a draft from the documents of a file. */
export type Importer = (documents: readonly Item[], context: ImportContext) => void
