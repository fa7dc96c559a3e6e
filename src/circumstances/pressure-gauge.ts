/**
 * How hard this machine is pressed: from the kernel's pressure stall information where it has it, else
 * from its counters of time and its queue of runnable threads. Reads three small files, and never waits.
 *
 * @source https://docs.kernel.org/accounting/psi.html
 */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

/** What was read at one instant; only the difference of two tells anything. */
export interface PressureReading {
  /** Time in which something had to wait, since the machine started. @unit ms */
  readonly cpuMs?: number
  readonly ioMs?: number
  readonly memoryMs?: number
  /** Threads that run or want to; the one that reads is not counted. */
  readonly runnable: number
  /** Without stall information: time in which processors were idle for want of input. @unit ms */
  readonly idleForIoMs?: number
}

/** The shares of the time between two readings. @unit bp */
export interface PressureShares {
  readonly cpuBp: number
  /** How many threads wanted to run, as a share of the processors: 10000 is one for each. */
  readonly demandBp: number
  readonly ioBp: number
  readonly memoryBp: number
}

/** A tick of the kernel's counters of time, as it tells them to everybody. @unit ms */
const TICK_MS = 10

/** Reads one machine. */
export class PressureGauge {
  readonly #folder: string
  readonly #processors: number

  /** @param folder the kernel's own, or one that is like it */
  constructor(folder = '/proc', processors: number = availableParallelism()) {
    this.#folder = folder
    this.#processors = processors
  }

  /** Undefined on a machine that tells nothing. */
  read(): PressureReading | undefined {
    const [cpuMs, ioMs, memoryMs] = ['cpu', 'io', 'memory'].map((name) => this.#stalledMs(name))
    const runnable = this.#runnable()
    if (cpuMs !== undefined) {
      return {
        runnable: runnable ?? 0,
        cpuMs,
        ...(ioMs === undefined ? {} : { ioMs }),
        ...(memoryMs === undefined ? {} : { memoryMs }),
      }
    }
    return runnable === undefined ? undefined : { runnable, idleForIoMs: this.#idleForIoMs() }
  }

  /** What two readings tell of the time between them. */
  sharesBetween(before: PressureReading, after: PressureReading, spanMs: number): PressureShares {
    const share = (one: number | undefined, other: number | undefined): number => {
      if (one === undefined || other === undefined || spanMs <= 0) return 0
      return Math.min(10_000, Math.max(0, Math.round(((other - one) / spanMs) * 10_000)))
    }
    const demandBp = Math.round((after.runnable / this.#processors) * 10_000)
    if (after.cpuMs === undefined) {
      const queued = Math.max(0, after.runnable - this.#processors)
      const cpuBp = queued === 0 ? 0 : Math.round((queued / after.runnable) * 10_000)
      const ioBp = share(before.idleForIoMs, after.idleForIoMs)
      return { cpuBp, demandBp, ioBp: Math.round(ioBp / this.#processors), memoryBp: 0 }
    }
    return {
      demandBp,
      cpuBp: share(before.cpuMs, after.cpuMs),
      ioBp: share(before.ioMs, after.ioMs),
      memoryBp: share(before.memoryMs, after.memoryMs),
    }
  }

  #stalledMs(name: string): number | undefined {
    const total = /^some .*\btotal=(\d+)/m.exec(this.#text(`pressure/${name}`))?.[1]
    return total === undefined ? undefined : Number(total) / 1_000
  }

  #runnable(): number | undefined {
    const runnable = /^(?:[\d.]+ ){3}(\d+)\//.exec(this.#text('loadavg'))?.[1]
    return runnable === undefined ? undefined : Math.max(0, Number(runnable) - 1)
  }

  #idleForIoMs(): number {
    const ticks = /^cpu +(?:\d+ ){4}(\d+)/m.exec(this.#text('stat'))?.[1]
    return Number(ticks ?? 0) * TICK_MS
  }

  /** Empty when the kernel has no such file, or keeps it to itself. */
  #text(name: string): string {
    try {
      return readFileSync(join(this.#folder, name), 'utf8')
    } catch {
      return ''
    }
  }
}
