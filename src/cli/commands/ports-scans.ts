/**
 * `rampart ports scans list|remove`: scans of files for ports that were published. What is removed is the
 * scan as it was found: one that was published anew meanwhile stays.
 */
import { nearestWord } from '../../contracts/document/nearest-word.ts'
import { Fault } from '../../core/fault/fault.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { ScanSummary } from '../../server/wire/scans.ts'
import type { CliParts } from '../cli-parts.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { countOf, fit, tableLines } from '../views/columns.ts'
import { printable } from '../views/printable.ts'
import { withDaemon } from '../workspace.ts'

const REVISION_WIDTH = 20

/** Lists them, a line each. */
export async function runScansList(
  parts: CliParts,
  options: JsonOption & WorkspaceOption,
): Promise<number> {
  return await withDaemon(parts, options, async (client) => {
    const scans = await client.scans.list()
    if (options.json === true) {
      for (const scan of scans) parts.stdout.write(`${JSON.stringify(scan)}\n`)
      return EXIT.yes
    }
    if (scans.length === 0) {
      parts.stderr.write('No scan was published. Next: rampart ports scan --publish NAME\n')
      return EXIT.yes
    }
    const header = ['NAME', 'ERRORS', 'WARNINGS', 'CLAIMS', 'REVISION', 'AGO', 'BY']
    const rows = scans.map((scan) => rowOf(scan, parts.nowMs()))
    for (const line of tableLines([header, ...rows])) parts.stdout.write(`${line}\n`)
    return EXIT.yes
  })
}

/** Removes one, so that it is compared with nothing any more. @throws scan-unknown, precondition-failed */
export async function runScansRemove(
  parts: CliParts,
  name: string,
  options: JsonOption & WorkspaceOption,
): Promise<number> {
  return await withDaemon(parts, options, async (client) => {
    const scans = await client.scans.list()
    const meant = scans.find((scan) => scan.name === name)
    if (meant === undefined) throw unknownAmong(name, scans)
    await client.scans.remove(name, meant.etag)
    if (options.json === true) {
      parts.stdout.write(`${JSON.stringify({ removed: meant })}\n`)
      return EXIT.yes
    }
    const claims = countOf(meant.claims, 'claim')
    parts.stderr.write(`${name} is removed; its ${claims} are compared with nothing any more.\n`)
    return EXIT.yes
  })
}

function rowOf(scan: ScanSummary, nowMs: number): readonly string[] {
  const { name, errors, warnings, claims, revision, atMs, by } = scan
  return [
    ...[name, String(errors), String(warnings), String(claims)],
    revision === undefined ? '-' : fit(printable(revision), REVISION_WIDTH),
    describeDuration(Math.max(0, Math.round(nowMs - atMs))),
    printable(by),
  ]
}

function unknownAmong(name: string, scans: readonly ScanSummary[]): Fault {
  const nearest = nearestWord(
    name,
    scans.map((scan) => scan.name),
  )
  const near = nearest === undefined ? '' : ` Did you mean ${nearest}?`
  return new Fault({
    code: 'scan-unknown',
    operation: 'remove the scan',
    subject: name,
    hint: `No scan of ports was published as ${name}.${near}`,
  })
}
