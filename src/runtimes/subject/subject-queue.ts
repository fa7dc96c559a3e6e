/** Orders on one subject are carried out one after the other; different subjects do not wait. */

/** Tasks in line, a line for every key. */
export class SubjectQueue {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs the task once every earlier task of the key has settled. */
  async run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key)
    // A failure belongs to whoever asked for it, not to the next in line.
    const mine = before === undefined ? task() : before.then(task, task)
    this.#last.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
  }
}
