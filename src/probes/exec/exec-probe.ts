/**
 * The `exec` probe: runs a command, without a shell, and judges its exit code and output. The command
 * gets the variables that the contract declares, PATH and HOME, and nothing else of the daemon's.
 */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessExec } from './assess-exec.ts'
import { type ExecInput, readExecInput } from './exec-input.ts'
import { type CommandOutcome, runCommand } from './run-command.ts'

/** Where commands are run. */
export interface ExecPlace {
  /** Folder that a relative `cwd` counts from, and that commands run in without one. */
  readonly folder: string
  /** The variable PATH that commands get. */
  readonly path: string
  /** The variable HOME that commands get. */
  readonly home: string
}

/** Runs commands. */
export class ExecProbe implements Probe {
  readonly kind = 'exec'
  readonly #place: ExecPlace

  constructor(place: ExecPlace) {
    this.#place = place
  }

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readExecInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const outcome = await this.#run(input, asking.signal)
    return assessExec(input, outcome, elapsedMs(startedMs, performance.now()))
  }

  async #run(input: ExecInput, signal: AbortSignal): Promise<CommandOutcome> {
    const cwd = resolve(this.#place.folder, input.cwd ?? '.')
    const outcome = await runCommand({
      command: input.command,
      cwd,
      env: { PATH: this.#place.path, HOME: this.#place.home, ...input.env },
      outputBytesMax: input.outputBytesMax,
      signal,
    })
    // The same code is given for a program and for a folder that is not there.
    const isFolderMissing = outcome.error === 'ENOENT' && !(await isFolder(cwd))
    return isFolderMissing ? { ...outcome, error: 'NO_FOLDER' } : outcome
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() ?? false
}
