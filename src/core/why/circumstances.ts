/**
 * Circumstances: what a ramp ran among, as far as its entries do not tell. Recorded beside the ledger,
 * never decided upon: nothing of this may ever reach `advance`, and its absence is no fault.
 */

/** How hard the machine was pressed in the time since the sample before. */
export interface PressureSample {
  readonly atMs: number
  /** How long the time was that this tells of. @unit ms */
  readonly spanMs: number
  /** Share of the time in which something that wanted to run had to wait. @unit bp */
  readonly cpuBp: number
  /** How many threads wanted to run, as a share of the processors: 10000 is one for each. @unit bp */
  readonly demandBp: number
  /** The same as for the processors, for input and output. @unit bp */
  readonly ioBp: number
  /** The same for memory. @unit bp */
  readonly memoryBp: number
}

/** Digests of files by their paths, counted from the contract's folder where they are below it. */
export type FileDigests = Readonly<Record<string, string>>

/** What a ramp ran among. */
export interface Circumstances {
  /** Keyed fingerprints of settings by name: equal for equal values in this workspace, and no more. */
  readonly settings: Readonly<Record<string, string>>
  /** By stage: the files that its command names, as they were when the ramp was opened. */
  readonly releases: Readonly<Record<string, FileDigests>>
  /** In order. */
  readonly samples: readonly PressureSample[]
}
