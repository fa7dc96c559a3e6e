/** Scans of files for ports that were published, as they travel: findings and claims, never a file. */
import type { PortSpan } from '../../core/port/machine-facts.ts'
import type { PublishedClaim, ScanConflict } from '../../core/port/scan-conflicts.ts'
import type { Severity } from '../../core/port/written-claim.ts'

export type { PublishedClaim, ScanConflict }

/** How much of a scan is kept; what is more is counted, and left out by whoever publishes. */
export const SCAN_LIMITS = { findings: 300, claims: 500, places: 20 } as const

/** Where a finding stands. */
export interface FindingPlace {
  /** Relative to the folder that was scanned, with slashes. */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly service: string
  /** As it is written, as far as that is about ports. */
  readonly text: string
}

/** Something that is wrong within one folder. */
export interface PublishedFinding extends PortSpan {
  /** For example `conflict`. */
  readonly rule: string
  readonly severity: Severity
  readonly protocol: PublishedClaim['protocol']
  readonly scope: string
  readonly sentence: string
  readonly remedy: string
  /** The same from scan to scan. */
  readonly fingerprint: string
  readonly places: readonly FindingPlace[]
  /** How many places more there are. */
  readonly morePlaces: number
}

/** What was found, as it is published. */
export interface ScanRequest {
  /** What was scanned, such as a commit; absent: nobody said. */
  readonly revision?: string
  readonly findings: readonly PublishedFinding[]
  /** How many findings are left out. */
  readonly moreFindings: number
  readonly claims: readonly PublishedClaim[]
  /** How many claims are left out. */
  readonly moreClaims: number
  readonly filesRead: number
}

/** A scan on one line. */
export interface ScanSummary {
  readonly name: string
  /** For `If-Match`. */
  readonly etag: string
  /** Who published it, and when. */
  readonly by: string
  readonly atMs: number
  readonly revision?: string
  readonly errors: number
  readonly warnings: number
  readonly notes: number
  readonly claims: number
}

/** Some scans, by name. */
export interface ScanPage {
  readonly scans: readonly ScanSummary[]
  readonly next?: string
}

/** A scan, whole. */
export interface ScanView {
  readonly summary: ScanSummary
  readonly scan: ScanRequest
}

/** Some conflicts between scans, the worst first. */
export interface ScanConflictPage {
  readonly conflicts: readonly ScanConflict[]
  readonly next?: string
}
