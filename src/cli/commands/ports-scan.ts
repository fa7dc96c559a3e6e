/** `rampart ports scan`: which ports a folder's files claim, and what is wrong about that. Starts nothing. */
import { statSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import { Fault } from '../../core/fault/fault.ts'
import type { PortSpan } from '../../core/port/machine-facts.ts'
import { DiskFolder } from '../../scan/files/open-folder.ts'
import { parseSpan } from '../../scan/found/port-words.ts'
import type { ScanFinding } from '../../scan/judge/finding.ts'
import { judgeScan } from '../../scan/judge/judge-scan.ts'
import type { Listener } from '../../scan/judge/taken-now.ts'
import { type Scan, scanFolder } from '../../scan/scan-folder.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption } from '../options.ts'
import { readBaseline, writeBaseline, writeReport } from '../scan/baseline.ts'
import { listenersOf } from '../scan/listeners.ts'
import { loadPolicies } from '../scan/port-policies.ts'
import { misnamed, publishScan } from '../scan/publish-scan.ts'
import { isRefused, type ScanReport } from '../scan/scan-report.ts'
import { paintFor } from '../views/paint.ts'
import { scanJson } from '../views/scan-json.ts'
import { claimLines, findingLines, summaryLines } from '../views/scan-lines.ts'

/** What `ports scan` may be told. */
export interface ScanOptions extends JsonOption {
  readonly environment?: string
  readonly all?: boolean
  readonly claims?: boolean
  readonly together?: boolean
  readonly live?: boolean
  readonly exclude?: readonly string[]
  readonly contracts?: string
  readonly ephemeral?: string
  readonly sarif?: string
  readonly baseline?: string
  readonly writeBaseline?: boolean
  readonly publish?: string
  readonly revision?: string
}

const NEXT = 'Next: rampart ports scan --help'

/** Scans a folder. */
export async function runPortsScan(
  parts: CliParts,
  folder: string,
  options: ScanOptions,
): Promise<number> {
  const wrong = misuseOf(options)
  if (wrong !== undefined) return misuse(parts, wrong, NEXT)
  const root = resolve(parts.cwd, folder)
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) throw noFolder(folder)
  const { policies, invalid } = await loadPolicies(parts.cwd, root, options.contracts)
  if (invalid !== undefined) {
    const { sayIssues } = await import('./check.ts')
    return sayIssues(parts, invalid, options)
  }
  const disk = new DiskFolder({ root, ignored: options.exclude ?? [] })
  const scan = scanFolder(disk)
  const ephemeral = options.ephemeral === undefined ? undefined : spanOf(options.ephemeral)
  const listeners = options.live === true ? await liveOf(parts, root) : undefined
  const findings = judgeScan(scan.ports, {
    policies,
    ...(listeners === undefined ? {} : { listeners }),
    ...(ephemeral === undefined ? {} : { ephemeral }),
    isTogether: options.together === true,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
  })
  const report = reportOf(parts, { folder, root, scan, disk, findings }, options)
  if (options.writeBaseline === true && options.baseline !== undefined) {
    const kept = findings.filter((one) => isTold(one, options))
    writeBaseline(parts.cwd, options.baseline, kept)
    parts.stderr.write(`Wrote ${options.baseline}: ${kept.length} known. Next: commit it\n`)
    return EXIT.yes
  }
  await print(parts, report, options)
  if (options.publish !== undefined) await publish(parts, report, options.publish, options)
  return isRefused(report) ? EXIT.no : EXIT.yes
}

/** What is a guess is published too: the page shows it when it is asked for. */
async function publish(
  parts: CliParts,
  report: ScanReport,
  name: string,
  { environment, revision }: ScanOptions,
): Promise<void> {
  await publishScan(parts, report, { name, environment, revision })
}

/** Who listens and who has leased what, of this machine and now. */
async function liveOf(parts: CliParts, root: string): Promise<readonly Listener[]> {
  const kernel = await parts.openKernel()
  const listeners = listenersOf(kernel)
  if (listeners === undefined) parts.stderr.write('This machine does not tell who listens.\n')
  const { leasesOf } = await import('../scan/live-leases.ts')
  const { leased, unasked } = await leasesOf(parts, root, kernel)
  for (const sentence of unasked) parts.stderr.write(`${sentence}\n`)
  return [...leased, ...(listeners ?? [])]
}

function misuseOf({
  ephemeral,
  writeBaseline,
  baseline,
  sarif,
  json,
  publish: name,
  revision,
  live,
}: ScanOptions): string | undefined {
  if (ephemeral !== undefined && spanOf(ephemeral) === undefined) {
    return `--ephemeral takes two ports such as 32768-60999, not ${ephemeral}`
  }
  if (writeBaseline === true && baseline === undefined) {
    return '--write-baseline needs to know which file to write, by --baseline'
  }
  if (sarif === '-' && json === true) return '--json and --sarif - both print to standard output'
  if (revision !== undefined && name === undefined) return '--revision is said with --publish'
  if (name === undefined) return undefined
  if (live === true) return '--live is about this machine; publish without it'
  if (writeBaseline === true) return '--write-baseline only writes the baseline; publish without it'
  return misnamed(name)
}

function spanOf(text: string): PortSpan | undefined {
  return text.includes('-') ? parseSpan(text) : undefined
}

function noFolder(folder: string): Fault {
  const hint = `There is no folder ${folder}.`
  return new Fault({ code: 'folder-absent', operation: 'scan', subject: folder, hint })
}

function isTold({ severity }: ScanFinding, { all }: ScanOptions): boolean {
  return all === true || severity !== 'note'
}

interface Scanned {
  readonly folder: string
  readonly root: string
  readonly scan: Scan
  readonly disk: DiskFolder
  readonly findings: readonly ScanFinding[]
}

function reportOf(parts: CliParts, scanned: Scanned, options: ScanOptions): ScanReport {
  const { folder, root, scan, disk, findings } = scanned
  const isRead = options.baseline !== undefined && options.writeBaseline !== true
  const baseline = isRead ? readBaseline(parts.cwd, options.baseline ?? '') : new Set<string>()
  const isNew = ({ fingerprint }: ScanFinding): boolean => !baseline.has(fingerprint)
  const prints = new Set(findings.map(({ fingerprint }) => fingerprint))
  const fresh = findings.filter(isNew)
  const told = fresh.filter((one) => isTold(one, options))
  return {
    folder,
    prefix: prefixOf(parts.cwd, root),
    scan,
    findings: told,
    fresh,
    hidden: fresh.length - told.length,
    known: findings.length - fresh.length,
    gone: [...baseline].filter((print) => !prints.has(print)),
    remarks: [...disk.remarks, ...scan.remarks],
  }
}

/** Paths as seen from where the command was called, unless the folder is somewhere else. */
function prefixOf(cwd: string, root: string): string {
  const path = relative(cwd, root).replaceAll('\\', '/')
  const isOutside = path.startsWith('..') || isAbsolute(path)
  return path === '' || isOutside ? '' : `${path}/`
}

async function print(parts: CliParts, report: ScanReport, options: ScanOptions): Promise<void> {
  const { stdout, stderr } = parts
  if (options.sarif !== undefined) {
    const { scanSarif } = await import('../views/scan-sarif.ts')
    const text = `${JSON.stringify(scanSarif(report, parts.version), undefined, 2)}\n`
    if (options.sarif === '-') {
      stdout.write(text)
      return
    }
    writeReport(parts.cwd, options.sarif, text)
  }
  if (options.json === true) {
    stdout.write(`${JSON.stringify(scanJson(report))}\n`)
    return
  }
  const width = stdout.columns ?? 100
  const lines = [
    ...(options.claims === true ? [...claimLines(report, width), ''] : []),
    ...findingLines(report, paintFor(stdout, parts.settings), width),
  ]
  if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`)
  const summary = summaryLines(report)
  stderr.write(`${report.findings.length === 0 ? '' : '\n'}${summary.join('\n')}\n`)
}
