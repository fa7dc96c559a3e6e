/**
 * Scans that were published, the latest of each name. Whoever publishes what is there already changes
 * only when it was seen last; everything else is noted in the ledger before it takes effect.
 */
import { z } from 'zod'
import { Fault } from '../../core/fault/fault.ts'
import type { Severity } from '../../core/port/written-claim.ts'
import { digestOf } from '../../core/units/digest.ts'
import type { Json } from '../../core/units/json.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Records } from '../../seams/records.ts'
import type { AccessAudit } from '../access/audit.ts'
import { Shelf, type Shelved } from '../access/shelf.ts'
import { changeRecord, type Precondition } from '../precondition.ts'
import { SCAN_REQUEST } from '../schemas/scans.ts'
import { etagOf } from '../wire/etags.ts'
import type { ScanRequest, ScanSummary, ScanView } from '../wire/scans.ts'

/** How many scans there may be: all of them are compared with each other. */
export const SCANS_MAX = 300

interface KeptScan {
  readonly by: string
  readonly atMs: number
  readonly digest: string
  readonly told: Told
  /** The scan as JSON, read only when somebody asks for what is in it. */
  readonly text: string
}

/** What is told of a scan where it is one of many. */
type Told = Pick<ScanSummary, 'revision' | 'errors' | 'warnings' | 'notes' | 'claims'>

const KEPT: z.ZodType<KeptScan> = z.object({
  by: z.string(),
  atMs: z.number(),
  digest: z.string(),
  told: z.object({
    revision: z.string().exactOptional(),
    errors: z.number(),
    warnings: z.number(),
    notes: z.number(),
    claims: z.number(),
  }),
  text: z.string(),
})

/** A scan as one of many. */
export interface ListedScan {
  readonly summary: ScanSummary
  /** Reads it whole; undefined when another version wrote it in its own way. */
  read(): ScanRequest | undefined
}

/** What it is put together from. */
export interface ScanStoreParts {
  readonly records: Records
  readonly clock: Clock
  readonly audit: AccessAudit
}

/** Who publishes, or removes, what. */
export interface ScanChange {
  readonly name: string
  readonly by: string
  /** What they have seen of it; absent: whatever there is. */
  readonly only?: Precondition | undefined
}

/** Keeps scans. */
export class ScanStore {
  readonly #parts: ScanStoreParts
  readonly #shelf: Shelf<KeptScan>

  constructor(parts: ScanStoreParts) {
    this.#parts = parts
    this.#shelf = new Shelf(parts.records, 'scans', KEPT)
  }

  /** Every scan, by name. */
  async list(): Promise<readonly ListedScan[]> {
    const kept = await this.#shelf.list({ limit: SCANS_MAX * 2 })
    return kept.map((one) => ({ summary: summaryOf(one), read: () => scanIn(one) }))
  }

  /** @throws scan-unknown */
  async view(name: string): Promise<ScanView> {
    const kept = await this.#shelf.get(name)
    const scan = kept && scanIn(kept)
    if (kept === undefined || scan === undefined) throw scanUnknown(name)
    return { summary: summaryOf(kept), scan }
  }

  /** Keeps a scan in the place of the one before. @throws precondition-failed, limit-reached */
  async publish({ name, by, only }: ScanChange, scan: ScanRequest): Promise<ScanSummary> {
    const before = await this.#shelf.get(name)
    const deed = { operation: 'publish the scan', subject: name }
    only?.check(before && etagOf(before.version), deed)
    if (before === undefined) await this.#assertRoom()
    const digest = digestOf(scan as unknown as Json)
    const told = toldOf(scan)
    if (before?.value.digest !== digest) await this.#note('published', { name, by }, told)
    const atMs = this.#parts.clock.nowMs()
    const kept = { by, atMs, digest, told, text: JSON.stringify(scan) }
    const placing = only === undefined || before === undefined ? {} : { ifVersion: before.version }
    const version = await changeRecord(
      { only, deed, version: () => this.#shelf.versionOf(name) },
      () => this.#shelf.put(name, kept, placing),
    )
    return summaryOf({ key: name, value: kept, version })
  }

  /** @throws scan-unknown, precondition-failed */
  async remove({ name, by, only }: ScanChange): Promise<void> {
    const kept = await this.#shelf.get(name)
    if (kept === undefined) throw scanUnknown(name)
    const deed = { operation: 'remove the scan', subject: name }
    only?.check(etagOf(kept.version), deed)
    await this.#note('removed', { name, by }, kept.value.told)
    await changeRecord({ only, deed, version: () => this.#shelf.versionOf(name) }, () =>
      this.#shelf.remove(name, only === undefined ? undefined : kept.version),
    )
  }

  async #assertRoom(): Promise<void> {
    if ((await this.#shelf.list({ limit: SCANS_MAX })).length < SCANS_MAX) return
    throw new Fault({
      code: 'limit-reached',
      operation: 'publish the scan',
      subject: 'scans',
      hint: `There are scans of ${SCANS_MAX} names already; remove one first.`,
    })
  }

  async #note(
    what: 'published' | 'removed',
    { name, by }: ScanChange,
    { revision, errors, warnings, claims }: Told,
  ): Promise<void> {
    await this.#parts.audit.note({
      by,
      what: `scan.${what}`,
      subject: name,
      sentence: `${by} ${what} the scan of ports of ${name}.`,
      details: { errors, warnings, claims, ...(revision === undefined ? {} : { revision }) },
    })
  }
}

function scanIn({ value }: Shelved<KeptScan>): ScanRequest | undefined {
  return SCAN_REQUEST.safeParse(JSON.parse(value.text)).data
}

function summaryOf({ key, value, version }: Shelved<KeptScan>): ScanSummary {
  const { by, atMs, told } = value
  return { name: key, etag: etagOf(version), by, atMs, ...told }
}

function toldOf({ revision, findings, claims, moreClaims }: ScanRequest): Told {
  const count = (severity: Severity): number =>
    findings.filter((one) => one.severity === severity).length
  return {
    ...(revision === undefined ? {} : { revision }),
    errors: count('error'),
    warnings: count('warning'),
    notes: count('note'),
    claims: claims.length + moreClaims,
  }
}

/** That nothing was published under a name. */
export function scanUnknown(name: string): Fault {
  return new Fault({
    code: 'scan-unknown',
    operation: 'find the scan',
    subject: name,
    hint: `No scan of ports was published as ${name}.`,
  })
}
