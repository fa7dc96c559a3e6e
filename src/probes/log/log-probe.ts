/**
 * The `log` probe: has the component's own process put out a certain line since it started? Each
 * start has files of its own, so nothing that an earlier one wrote can count. What has been read is
 * remembered between attempts; forgetting it would only cost reading it again.
 */
import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Answer } from '../../core/plan/verdict.ts'
import { printCanonicalJson } from '../../core/units/json.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { errored, malformedInput } from '../answer/answer.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessLog } from './assess-log.ts'
import { type LogInput, readLogInput } from './log-input.ts'
import { LogSearch } from './log-search.ts'

/** How many conditions' readings are remembered. */
const SEARCHES_MAX = 1_024

/** Reads what processes put out. */
export class LogProbe implements Probe {
  readonly kind = 'log'
  readonly #searches = new Map<string, LogSearch>()

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readLogInput(reader, asking.self)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    if (input.files.length === 0) {
      return errored('terminal', {
        reason: 'no-process',
        sentence: 'The stage has started no process of its own, so there is no log to read.',
        evidence: {},
      })
    }
    const search = this.#searchFor(input)
    try {
      return assessLog(input, await search.readOn(asking.signal))
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown)
      const sentence = `The log cannot be read: ${why}`
      return errored('notYet', { reason: 'unreadable', sentence, evidence: {} })
    }
  }

  watch(asking: Asking, changed: () => void): () => void {
    const input = readLogInput(new InputReader(asking.input), asking.self)
    const paths = input.files.map(({ path }) => path)
    // The folder is watched, because a file may not be there yet.
    const watchers = [...new Set(paths.map((path) => dirname(path)))].flatMap((folder) => {
      const names = new Set(
        paths.filter((path) => dirname(path) === folder).map((path) => basename(path)),
      )
      return watchFolder(folder, (name) => names.has(name) && changed())
    })
    return () => {
      for (const watcher of watchers) watcher.close()
    }
  }

  #searchFor(input: LogInput): LogSearch {
    const { pattern, fatal = null } = input
    const key = printCanonicalJson([pattern, fatal, input.files.map(({ path }) => path)])
    const search = this.#searches.get(key) ?? new LogSearch(input)
    this.#searches.delete(key)
    this.#searches.set(key, search)
    const [oldest] = this.#searches.keys()
    if (this.#searches.size > SEARCHES_MAX && oldest !== undefined) this.#searches.delete(oldest)
    return search
  }
}

/** A folder that cannot be watched is polled instead, as the seam allows. */
function watchFolder(folder: string, changed: (name: string) => void): readonly FSWatcher[] {
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      if (name !== null) changed(name)
    })
    watcher.on('error', () => watcher.close())
    return [watcher]
  } catch {
    return []
  }
}
