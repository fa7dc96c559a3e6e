/**
 * Looks into the ledger for what moves some subjects. A look reads every stream, so all who ask before
 * it begins share one; whoever asks later never gets an older one, which may miss what was opened since.
 */
import type { FoundRamps, RampDirectory } from './ramp-directory.ts'

/** What was found of each subject. */
type Found = ReadonlyMap<string, FoundRamps>

/** A look that has not begun: more may be asked of it. */
interface Look {
  readonly subjects: Set<string>
  readonly found: Promise<Found>
}

/** Looks for one after another, and one look at a time. */
export class LedgerLooks {
  readonly #directory: RampDirectory
  /** Settles when no look that has begun is under way. */
  #done: Promise<unknown> = Promise.resolve()
  #next: Look | undefined

  constructor(directory: RampDirectory) {
    this.#directory = directory
  }

  /** What there is of a subject, as of an instant after this was asked. */
  async find(subject: string): Promise<FoundRamps | undefined> {
    this.#next ??= this.#plan()
    const { subjects, found } = this.#next
    subjects.add(subject)
    return (await found).get(subject)
  }

  #plan(): Look {
    const subjects = new Set<string>()
    const found = this.#done.then(() => this.#look(subjects))
    // That one look failed is told to whoever asked for it; the next one is tried all the same.
    this.#done = found.catch(() => undefined)
    return { subjects, found }
  }

  async #look(subjects: ReadonlySet<string>): Promise<Found> {
    this.#next = undefined
    return await this.#directory.find(subjects, await this.#directory.list())
  }
}
