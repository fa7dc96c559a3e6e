/**
 * Orders on one subject are carried out one after the other; different subjects do not wait. Orders that
 * are about one part of a subject alone wait for those about the same part, and for those about all of it.
 */

/** A line of tasks. */
interface Line {
  /** Settles with the last task about all of it. */
  readonly whole: Promise<unknown> | undefined
  /** The last task of each part since then. */
  readonly parts: ReadonlyMap<string, Promise<unknown>>
  /** How many tasks have not settled. */
  readonly pending: number
}

/** Tasks in line, a line for every key. */
export class SubjectQueue {
  readonly #lines = new Map<string, Line>()

  /**
   * Runs the task once every earlier task of the key has settled.
   *
   * @param part it is about that alone: tasks about other parts may go on beside it
   */
  async run<Result>(key: string, task: () => Promise<Result>, part?: string): Promise<Result> {
    const line = this.#lines.get(key)
    const before = line === undefined ? [] : waitsFor(line, part)
    // A failure belongs to whoever asked for it, not to the next in line.
    const mine = before.length === 0 ? task() : Promise.allSettled(before).then(task)
    this.#lines.set(key, nextLine(line, mine, part))
    try {
      return await mine
    } finally {
      this.#settled(key)
    }
  }

  #settled(key: string): void {
    const line = this.#lines.get(key)
    if (line === undefined || line.pending <= 1) this.#lines.delete(key)
    else this.#lines.set(key, { ...line, pending: line.pending - 1 })
  }
}

function waitsFor({ whole, parts }: Line, part: string | undefined): readonly Promise<unknown>[] {
  const all = part === undefined ? [...parts.values()] : [parts.get(part)]
  return [whole, ...all].filter((one) => one !== undefined)
}

function nextLine(line: Line | undefined, mine: Promise<unknown>, part: string | undefined): Line {
  const pending = (line?.pending ?? 0) + 1
  if (part === undefined) return { whole: mine, parts: new Map(), pending }
  const parts = new Map([...(line?.parts ?? []), [part, mine]])
  return { whole: line?.whole, parts, pending }
}
