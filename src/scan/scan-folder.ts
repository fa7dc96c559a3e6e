/**
 * Asks every reader about every file of a folder and brings together what they found. A file that a reader
 * cannot make sense of becomes a remark: it never ends the scan, and it is never passed over in silence.
 */
import { AssertionFailure } from '../core/fault/assert.ts'
import type { Folder, FormatReader } from './found/folder.ts'
import type { Findings, FoundPort, Placement, Remark } from './found/found-port.ts'
import type { SourceText } from './found/source-text.ts'
import { placePorts } from './place-ports.ts'
import { READERS } from './readers.ts'
import { withoutOverruled } from './without-overruled.ts'

/** What all files of a folder say about ports. */
export interface Scan {
  /** Sorted by place, each once. */
  readonly ports: readonly FoundPort[]
  /** What could not be read. */
  readonly remarks: readonly Remark[]
  /** How many files were there, and how many of them a reader read. */
  readonly files: number
  readonly filesRead: number
}

/** Scans a folder. */
export function scanFolder(folder: Folder, readers: readonly FormatReader[] = READERS): Scan {
  const all: Findings[] = []
  let filesRead = 0
  for (const path of folder.paths) {
    const asked = readers.filter((reader) => reader.takes(path))
    const source = asked.length === 0 ? undefined : folder.read(path)
    if (source === undefined) continue
    const apt = asked.filter(({ hint }) => hint === undefined || hint.test(source.text))
    if (apt.length > 0) filesRead += 1
    all.push(...apt.map((reader) => readWith(reader, source, folder)))
  }
  const placements: readonly Placement[] = all.flatMap((one) => one.placements ?? [])
  const ports = placePorts(
    all.flatMap((one) => one.ports),
    placements,
  )
  const remarks = all.flatMap((one) => one.remarks ?? [])
  return {
    ports: sortedOnce(withoutOverruled(ports)),
    remarks,
    files: folder.paths.length,
    filesRead,
  }
}

function readWith(reader: FormatReader, source: SourceText, folder: Folder): Findings {
  try {
    return reader.read(source, folder)
  } catch (thrown) {
    // Our own bug is for us; that a parser gives up on a text is for whoever wrote the text.
    if (thrown instanceof AssertionFailure) throw thrown
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    const sentence = `cannot be read as ${reader.name}: ${why.split('\n')[0]}`
    return { ports: [], remarks: [{ file: source.path, line: 1, column: 1, sentence }] }
  }
}

function sortedOnce(ports: readonly FoundPort[]): readonly FoundPort[] {
  const once = new Map(ports.map((port) => [JSON.stringify(port), port]))
  return [...once.values()].sort(
    (one, other) =>
      compareText(one.file, other.file) ||
      one.line - other.line ||
      one.column - other.column ||
      one.first - other.first,
  )
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
