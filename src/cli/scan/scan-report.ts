/** What `rampart ports scan` found, as each of its outputs is made of it. */
import type { Remark } from '../../scan/found/found-port.ts'
import type { ScanFinding } from '../../scan/judge/finding.ts'
import type { Scan } from '../../scan/scan-folder.ts'

/** One scan, judged. */
export interface ScanReport {
  /** The folder, as it was given. */
  readonly folder: string
  /** What is put before a path of the scan, so that it leads there from where the command was called. */
  readonly prefix: string
  readonly scan: Scan
  /** What is told, the worst first. */
  readonly findings: readonly ScanFinding[]
  /** The same with the guesses that are not told. */
  readonly fresh: readonly ScanFinding[]
  /** How many guesses are not told. */
  readonly hidden: number
  /** How many are left out because the baseline has them. */
  readonly known: number
  /** Fingerprints of the baseline that nothing has any more. */
  readonly gone: readonly string[]
  readonly remarks: readonly Remark[]
}

/** Whether the gate says no. */
export function isRefused({ findings }: Pick<ScanReport, 'findings'>): boolean {
  return findings.some(({ severity }) => severity === 'error')
}
