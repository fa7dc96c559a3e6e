/**
 * Keeps a whole file as the endpoints are: what another program includes, loads or watches. A group that
 * it has named stays in it, also over restarts.
 */
import type { Endpoint, Endpoints } from '../../../seams/endpoints.ts'
import type { ExportScope } from './exported-groups.ts'
import { FileExport } from './file-export.ts'
import { KeptNames } from './kept-names.ts'
import { type FilePlace, replaceFile } from './replace-file.ts'

/** A file, and what is in it. */
export interface ExportedFile extends FilePlace {
  readonly print: (endpoints: readonly Endpoint[], scope: ExportScope) => string
}

/** Writes the file now and after every change, until it is closed. */
export function followFile(
  file: ExportedFile,
  parts: {
    readonly endpoints: Endpoints
    readonly onTrouble: (error: unknown) => void
    /** Called after a writing: the place to reload who reads it. */
    readonly onWritten?: () => unknown
  },
): FileExport {
  const { onWritten, ...others } = parts
  const kept = new KeptNames()
  const write = async (endpoints: readonly Endpoint[]): Promise<void> => {
    await replaceFile(file, (before) => {
      const wanted = kept.wanted(before?.toString() ?? '', endpoints)
      return Buffer.from(file.print(endpoints, { wanted }))
    })
    await onWritten?.()
  }
  return new FileExport({ ...others, write })
}
