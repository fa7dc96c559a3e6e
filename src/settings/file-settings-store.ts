/**
 * Settings in files, one for each ramp, readable by their owner alone. They may be secret, so they are
 * never logged, and are removed as soon as no ramp needs them any more.
 */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../core/fault/fault.ts'
import type { RampSettings, SettingsStore } from '../seams/settings.ts'
import { parseSettings } from './kept-settings.ts'

const SUFFIX = '.json'

/** Keeps settings in a folder of mode 0700. */
export class FileSettingsStore implements SettingsStore {
  readonly #folder: string
  #drafts = 0

  /** @param folder absolute; made when something is kept */
  constructor(folder: string) {
    this.#folder = folder
  }

  async keep(ramp: string, settings: RampSettings): Promise<void> {
    this.#drafts += 1
    const draft = join(this.#folder, `draft-${process.pid}-${this.#drafts}`)
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      const file = await open(draft, 'wx', 0o600)
      try {
        await file.writeFile(JSON.stringify(settings))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(draft, this.#pathOf(ramp))
      await this.#syncFolder()
    } catch (error) {
      throw unreadable('keep settings', ramp, error)
    }
  }

  async load(ramp: string): Promise<RampSettings | undefined> {
    try {
      return parseSettings(await readFile(this.#pathOf(ramp), 'utf8'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw unreadable('load settings', ramp, error)
    }
  }

  /** The ramps whose settings are kept. */
  async ramps(): Promise<readonly string[]> {
    return (await this.#names()).filter((name) => name.endsWith(SUFFIX)).map(rampOf)
  }

  /** Removes the settings of every ramp that is not needed any more, and what a crash left half written. */
  async prune(isNeeded: (ramp: string) => Promise<boolean>): Promise<void> {
    for (const name of await this.#names()) {
      const ramp = name.endsWith(SUFFIX) ? rampOf(name) : undefined
      if (ramp !== undefined && (await isNeeded(ramp))) continue
      if (name.startsWith(`draft-${process.pid}-`)) continue
      await rm(join(this.#folder, name), { force: true })
    }
  }

  async #names(): Promise<readonly string[]> {
    try {
      return await readdir(this.#folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw unreadable('list settings', this.#folder, error)
    }
  }

  async #syncFolder(): Promise<void> {
    const folder = await open(this.#folder, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  }

  #pathOf(ramp: string): string {
    return join(this.#folder, `${encodeURIComponent(ramp)}${SUFFIX}`)
  }
}

function rampOf(name: string): string {
  return decodeURIComponent(name.slice(0, -SUFFIX.length))
}

/** The cause is left out when it may quote what the file holds. */
function unreadable(operation: string, subject: string, error: unknown): Fault {
  const code = (error as NodeJS.ErrnoException).code
  const hint =
    code === undefined
      ? 'The file is not what was kept; it may be torn. Remove it from .rampart/settings.'
      : `The file system says ${code}.`
  return new Fault({ code: 'settings-unreadable', operation, subject, hint })
}
