/**
 * Records what ramps run among: what is found when one is opened, then the pressure on the machine
 * until it ends. It only watches: nothing waits for it, and its troubles are told and forgotten.
 */
import type { Plan } from '../core/plan/plan.ts'
import type { PressureSample } from '../core/why/circumstances.ts'
import type { Clock, Timer } from '../seams/clock.ts'
import type { RampSettings } from '../seams/settings.ts'
import type { CircumstanceFiles } from './circumstance-files.ts'
import { fingerprintsOf } from './fingerprint.ts'
import type { PressureGauge, PressureReading } from './pressure-gauge.ts'
import { releasesOf } from './releases.ts'

/** What a recorder needs. */
export interface RecorderParts {
  readonly files: CircumstanceFiles
  readonly gauge: PressureGauge
  readonly clock: Clock
  /** The key that fingerprints of settings are made with. */
  key(): Promise<Buffer>
  onTrouble(error: unknown): void
}

/** The pause before the first sample; it grows with the ramp, in proportion. @unit ms */
const PAUSE_FIRST_MS = 100
const PAUSE_MOST_MS = 5_000
const PAUSE_PART = 20

/** A ramp that holds for days is not sampled for ever. */
const SAMPLES_MAX = 2_000

/** So many samples are written at once, so that the disk is left to those who need it. */
const WRITTEN_AT_ONCE = 10

interface Watched {
  readonly beganMs: number
  /** What has been written so far, or fails to be. */
  written: Promise<void>
  readonly unwritten: PressureSample[]
  taken: number
  last: { readonly reading: PressureReading; readonly atMs: number } | undefined
  timer: Timer | undefined
}

/** Records the circumstances of ramps. */
export class CircumstanceRecorder {
  readonly #parts: RecorderParts
  readonly #watched = new Map<string, Watched>()

  constructor(parts: RecorderParts) {
    this.#parts = parts
  }

  /** A ramp was opened. */
  begin(ramp: string, plan: Plan, settings: Promise<RampSettings | undefined>): void {
    this.#watch(ramp, this.#writeOpening(ramp, plan, settings))
  }

  /** A ramp is taken up that another daemon has begun. */
  resume(ramp: string): void {
    this.#watch(ramp, Promise.resolve())
  }

  /** A ramp has ended. Resolves once everything is written. */
  async end(ramp: string): Promise<void> {
    const watched = this.#watched.get(ramp)
    if (watched === undefined) return
    this.#watched.delete(ramp)
    watched.timer?.cancel()
    this.#sample(watched)
    this.#write(ramp, watched)
    await watched.written
  }

  /** Ends watching; what was sampled is written. */
  async close(): Promise<void> {
    await Promise.all([...this.#watched.keys()].map((ramp) => this.end(ramp)))
  }

  async #writeOpening(
    ramp: string,
    plan: Plan,
    loading: Promise<RampSettings | undefined>,
  ): Promise<void> {
    const { files, key } = this.#parts
    const settings = await loading
    const directory = settings?.run['directory']
    const releases = typeof directory === 'string' ? await releasesOf(plan, directory) : {}
    const prints = settings === undefined ? {} : fingerprintsOf(await key(), settings)
    await files.begin(ramp, { settings: prints, releases })
  }

  #watch(ramp: string, opening: Promise<void>): void {
    const beganMs = this.#parts.clock.nowMs()
    const written = opening.catch((error: unknown) => this.#parts.onTrouble(error))
    const watched: Watched = {
      beganMs,
      written,
      unwritten: [],
      taken: 0,
      last: undefined,
      timer: undefined,
    }
    this.#watched.set(ramp, watched)
    this.#sample(watched)
    this.#wakeLater(ramp, watched)
  }

  #wakeLater(ramp: string, watched: Watched): void {
    const { clock } = this.#parts
    if (watched.last === undefined || watched.taken >= SAMPLES_MAX) return
    const nowMs = clock.nowMs()
    const pauseMs = Math.min(
      PAUSE_MOST_MS,
      Math.max(PAUSE_FIRST_MS, (nowMs - watched.beganMs) / PAUSE_PART),
    )
    watched.timer = clock.wakeAt(nowMs + pauseMs, () => {
      this.#sample(watched)
      if (watched.unwritten.length >= WRITTEN_AT_ONCE) this.#write(ramp, watched)
      this.#wakeLater(ramp, watched)
    })
  }

  #sample(watched: Watched): void {
    const { clock, gauge } = this.#parts
    const reading = gauge.read()
    const atMs = clock.nowMs()
    const { last } = watched
    watched.last = reading === undefined ? undefined : { reading, atMs }
    if (reading === undefined || last === undefined || atMs <= last.atMs) return
    const spanMs = atMs - last.atMs
    watched.taken += 1
    watched.unwritten.push({ atMs, spanMs, ...gauge.sharesBetween(last.reading, reading, spanMs) })
  }

  #write(ramp: string, watched: Watched): void {
    const { files, onTrouble } = this.#parts
    const samples = watched.unwritten.splice(0)
    if (samples.length === 0) return
    watched.written = watched.written.then(() => files.add(ramp, samples)).catch(onTrouble)
  }
}
