/** What a client asks about scans of files for ports that were published. */
import type { ScanConflict, ScanRequest, ScanSummary } from '../wire/scans.ts'
import { allPages } from './all-pages.ts'
import { call } from './call.ts'
import type { Transport } from './transport.ts'

/** The part of a client that is about scans. */
export class ScanClient {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Publishes what a scan has found, in the place of the one of that name before. */
  async publish(name: string, scan: ScanRequest): Promise<ScanSummary> {
    return await call(this.#transport, 'publishScan', { path: { name }, body: scan })
  }

  /** The latest scan of each name, by name. */
  async list(): Promise<readonly ScanSummary[]> {
    const pages = await allPages((cursor: string | undefined) =>
      call(this.#transport, 'listScans', { query: { cursor } }),
    )
    return pages.flatMap(({ scans }) => scans)
  }

  /**
   * Removes one.
   *
   * @param ifMatch the ETag of the scan as it was seen, if only that one is removed
   */
  async remove(name: string, ifMatch?: string): Promise<void> {
    await call(this.#transport, 'removeScan', { path: { name }, ifMatch })
  }

  /** What that scan and others claim against each other, the worst first. */
  async conflictsOf(name: string): Promise<readonly ScanConflict[]> {
    const pages = await allPages((cursor: string | undefined) =>
      call(this.#transport, 'listScanConflicts', { query: { scan: name, cursor } }),
    )
    return pages.flatMap(({ conflicts }) => conflicts)
  }
}
