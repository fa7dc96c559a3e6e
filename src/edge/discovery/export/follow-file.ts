/** Keeps a whole file as the endpoints are: what another program includes, loads or watches. */
import type { Endpoint, Endpoints } from '../../../seams/endpoints.ts'
import { FileExport } from './file-export.ts'
import { type FilePlace, replaceFile } from './replace-file.ts'

/** A file, and what is in it. */
export interface ExportedFile extends FilePlace {
  readonly print: (endpoints: readonly Endpoint[]) => string
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
  const write = async (endpoints: readonly Endpoint[]): Promise<void> => {
    const text = Buffer.from(file.print(endpoints))
    await replaceFile(file, () => text)
    await onWritten?.()
  }
  return new FileExport({ ...others, write })
}
