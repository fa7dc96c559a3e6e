/**
 * Circumstances in files, one for each ramp: a line of what was found when it was opened, then a line
 * for every sample. They are evidence and no truth: a file that is gone or torn makes `why` know less
 * and changes nothing else, so nothing here is synced, and what cannot be read is left out.
 */
import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Circumstances, PressureSample } from '../core/why/circumstances.ts'

/** What is found when a ramp is opened. */
export type OpeningCircumstances = Pick<Circumstances, 'settings' | 'releases'>

const FINGERPRINTS = z.record(z.string(), z.string())

const OPENING: z.ZodType<OpeningCircumstances> = z.object({
  settings: FINGERPRINTS,
  releases: z.record(z.string(), FINGERPRINTS),
})

const SAMPLE: z.ZodType<PressureSample> = z.object({
  atMs: z.number(),
  spanMs: z.number(),
  cpuBp: z.number(),
  demandBp: z.number(),
  ioBp: z.number(),
  memoryBp: z.number(),
})

const SUFFIX = '.jsonl'

/** Keeps circumstances in a folder of mode 0700. */
export class CircumstanceFiles {
  readonly #folder: string

  /** @param folder absolute; made when something is kept */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** Begins the record of a ramp, replacing one that is there. */
  async begin(ramp: string, opening: OpeningCircumstances): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await writeFile(this.#pathOf(ramp), `${JSON.stringify(opening)}\n`, { mode: 0o600 })
  }

  /** Adds samples to the record of a ramp. */
  async add(ramp: string, samples: readonly PressureSample[]): Promise<void> {
    const lines = samples.map((sample) => `${JSON.stringify(sample)}\n`)
    await appendFile(this.#pathOf(ramp), lines.join(''), { mode: 0o600 })
  }

  /** What is known of a ramp; undefined when nothing is. */
  async read(ramp: string): Promise<Circumstances | undefined> {
    const text = await this.#text(ramp)
    const [first, ...rest] = text.split('\n').map(parseLine)
    const opening = OPENING.safeParse(first).data
    if (opening === undefined) return undefined
    const samples = rest.flatMap((line) => SAMPLE.safeParse(line).data ?? [])
    return { ...opening, samples }
  }

  /** Removes the oldest records, but for so many. */
  async prune(kept: number): Promise<void> {
    const names = (await this.#names()).filter((name) => name.endsWith(SUFFIX))
    if (names.length <= kept) return
    const aged = await Promise.all(
      names.map(async (name) => ({ name, atMs: (await stat(join(this.#folder, name))).mtimeMs })),
    )
    aged.sort((one, other) => other.atMs - one.atMs)
    for (const { name } of aged.slice(kept)) await rm(join(this.#folder, name), { force: true })
  }

  async #names(): Promise<readonly string[]> {
    try {
      return await readdir(this.#folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }

  async #text(ramp: string): Promise<string> {
    try {
      return await readFile(this.#pathOf(ramp), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
      throw error
    }
  }

  #pathOf(ramp: string): string {
    return join(this.#folder, `${encodeURIComponent(ramp)}${SUFFIX}`)
  }
}

/** A line that was torn by a loss of power is none. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
