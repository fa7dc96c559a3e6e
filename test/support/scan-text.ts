/** What one reader says of a few files that are written in a test, as lines of text. */

import { EVERY_ADDRESS, LOOPBACK } from '../../src/core/port/port-claim.ts'
import type { Folder, FormatReader } from '../../src/scan/found/folder.ts'
import type { Findings, FoundPort } from '../../src/scan/found/found-port.ts'
import { SourceText } from '../../src/scan/found/source-text.ts'

type Files = Readonly<Record<string, string>>

/** A folder of these files. */
export function folderOfTexts(files: Files, variables: Files = {}): Folder {
  const sources = new Map(
    Object.entries(files).map(([path, text]) => [path, new SourceText(path, text)]),
  )
  return {
    paths: [...sources.keys()].sort(),
    variables,
    has: (path) => sources.has(path),
    read: (path) => sources.get(path),
  }
}

/** What the reader finds in all of them. */
export function findIn(reader: FormatReader, files: Files, variables: Files = {}): Findings {
  const folder = folderOfTexts(files, variables)
  const read = folder.paths.filter(reader.takes).flatMap((path) => {
    const source = folder.read(path)
    const isApt = source !== undefined && (reader.hint?.test(source.text) ?? true)
    return isApt ? [reader.read(source, folder)] : []
  })
  return {
    ports: read.flatMap(({ ports }) => ports),
    placements: read.flatMap(({ placements }) => placements ?? []),
    remarks: read.flatMap(({ remarks }) => remarks ?? []),
  }
}

/** Claims: `file:line 8000-8002/udp 127.0.0.1 default`, without what is usual. */
export function claimsIn(reader: FormatReader, files: Files, variables: Files = {}): string[] {
  return findIn(reader, files, variables)
    .ports.filter(({ stance }) => stance === 'claim')
    .map(printClaim)
}

/** Connections: `file:line host:port`. */
export function connectionsOf(reader: FormatReader, files: Files): string[] {
  return findIn(reader, files)
    .ports.filter(({ stance }) => stance === 'consumption')
    .map(({ file, line, host, first, last }) => {
      return `${file}:${line} ${host ?? '-'}:${first}${last === first ? '' : `-${last}`}`
    })
}

function printClaim(one: FoundPort): string {
  const { file, line, first, last, protocol, addresses, confidence, scope } = one
  const word = addresses.join(',')
  const where =
    word === EVERY_ADDRESS.join(',') ? [] : [word === LOOPBACK.join(',') ? 'loopback' : word]
  return [
    `${file}:${line}`,
    `${first}${last === first ? '' : `-${last}`}${protocol === 'udp' ? '/udp' : ''}`,
    ...where,
    ...(confidence === 'explicit' ? [] : [confidence]),
    ...(scope === 'host' ? [] : [scope]),
  ].join(' ')
}
