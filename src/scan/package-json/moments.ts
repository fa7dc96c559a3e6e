/**
 * What is there at one time when scripts of a package run. A script that starts one server after another
 * has several moments; two servers meet only in one of them.
 */
import type { CommandPort } from '../command/command-port.ts'
import type { Run, ScriptRun } from '../command/read-run.ts'

/** A port of a script: where it is written, and the folder of its program. */
export interface ScriptPort {
  readonly script: string
  readonly port: CommandPort
  readonly folder: string
}

/** Scripts as they run. */
export interface Scripts {
  /** What a script does; undefined for one that is not there. */
  runOf(name: string): Run | undefined
  /** A script with what is set before and written behind its line, as a part of the one that says so. */
  runWith(name: string, around: Pick<ScriptRun, 'before' | 'more'>): Run | undefined
  /** The scripts that a name or a pattern stands for. */
  named(pattern: string): readonly string[]
}

type Moment = readonly ScriptPort[]

const MOST_MOMENTS = 8
const MOST_AT_ONCE = 40
/** A script that gives itself further words could go on for ever. */
const MOST_READINGS = 500

/** Each port of the scripts, with the moments in which it is there. */
export function momentsOfPorts(
  names: readonly string[],
  scripts: Scripts,
): ReadonlyMap<ScriptPort, readonly string[]> {
  const reading = new Reading(scripts)
  const found = new Map<ScriptPort, Set<string>>()
  for (const name of names) {
    const moments = reading.momentsOfScript(name)
    for (const [index, moment] of moments.entries()) {
      const label = moments.length === 1 ? name : `${name} (${index + 1})`
      for (const port of moment) found.set(port, (found.get(port) ?? new Set()).add(label))
    }
  }
  return new Map([...found].map(([port, labels]) => [port, [...labels]]))
}

/** Reads runs. Each script is read once, and one that runs itself is not read again. */
class Reading {
  readonly #scripts: Scripts
  readonly #moments = new Map<string, readonly Moment[]>()
  readonly #known = new Map<CommandPort, ScriptPort>()
  #left = MOST_READINGS

  constructor(scripts: Scripts) {
    this.#scripts = scripts
  }

  momentsOfScript(name: string): readonly Moment[] {
    const known = this.#moments.get(name)
    if (known !== undefined) return known
    this.#moments.set(name, [])
    const run = this.#scripts.runOf(name)
    const moments = run === undefined ? [] : this.#momentsOf(run, name)
    this.#moments.set(name, moments)
    return moments
  }

  #momentsOf(run: Run, script: string): readonly Moment[] {
    if (run.kind === 'ports') {
      const { folder, ports } = run
      return ports.length === 0 ? [] : [ports.map((port) => this.#once(port, script, folder))]
    }
    if (run.kind === 'script') {
      // A pattern stands for scripts that are given to something that runs them all at once.
      return beside(this.#scripts.named(run.name).map((name) => this.#ofNamed(name, run, script)))
    }
    const parts = run.runs.map((one) => this.#momentsOf(one, script))
    return run.kind === 'after' ? parts.flat().slice(0, MOST_MOMENTS) : beside(parts)
  }

  #ofNamed(name: string, around: ScriptRun, script: string): readonly Moment[] {
    if (around.more === '' && around.before === '') return this.momentsOfScript(name)
    this.#left -= 1
    const run = this.#left < 0 ? undefined : this.#scripts.runWith(name, around)
    return run === undefined ? [] : this.#momentsOf(run, script)
  }

  #once(port: CommandPort, script: string, folder: string): ScriptPort {
    const known = this.#known.get(port) ?? { script, port, folder }
    this.#known.set(port, known)
    return known
  }
}

/** Every moment of one beside every moment of another. */
function beside(parts: readonly (readonly Moment[])[]): readonly Moment[] {
  return parts
    .filter((part) => part.length > 0)
    .reduce<readonly Moment[]>(
      (before, part) =>
        before.length === 0
          ? part
          : before
              .flatMap((one) =>
                part.map((other) => [...new Set([...one, ...other])].slice(0, MOST_AT_ONCE)),
              )
              .slice(0, MOST_MOMENTS),
      [],
    )
}
