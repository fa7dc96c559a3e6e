/** The endpoints that somebody may see: those of the environments that their scopes speak of. */
import type { Endpoint, Endpoints } from '../seams/endpoints.ts'

/** Whose eyes they are seen with. */
export interface Sight {
  /** Whether an environment of that name may be seen; asked once for each. */
  maySee(environment: string): Promise<boolean>
  /** Told why one could not be looked up, which is not seen then. */
  onTrouble(error: unknown): void
}

/** A part of a list of endpoints; of an environment that comes later it is asked then. */
export class SeenEndpoints implements Endpoints {
  readonly #all: Endpoints
  readonly #sight: Sight
  readonly #seen = new Map<string, boolean>()

  private constructor(all: Endpoints, sight: Sight) {
    this.#all = all
    this.#sight = sight
  }

  /** @throws what `maySee` throws of an environment that is there already */
  static async of(all: Endpoints, sight: Sight): Promise<SeenEndpoints> {
    const seen = new SeenEndpoints(all, sight)
    await seen.#judge()
    return seen
  }

  get index(): number {
    return this.#all.index
  }

  list(): readonly Endpoint[] {
    return this.#all.list().filter((one) => this.#seen.get(environmentOf(one)) === true)
  }

  onChanged(listener: () => void): () => void {
    let isWanted = true
    const stop = this.#all.onChanged(() => {
      if (this.#unknown().length === 0) {
        listener()
        return
      }
      // Whoever waits is told of everybody else all the same.
      void this.#judge()
        .catch((error: unknown) => this.#sight.onTrouble(error))
        .then(() => isWanted && listener())
    })
    return () => {
      isWanted = false
      stop()
    }
  }

  #unknown(): readonly string[] {
    const names = new Set(this.#all.list().map(environmentOf))
    return [...names].filter((name) => !this.#seen.has(name))
  }

  async #judge(): Promise<void> {
    await Promise.all(
      this.#unknown().map(async (name) => this.#seen.set(name, await this.#sight.maySee(name))),
    )
  }
}

/** The environment that a service belongs to, as scopes speak of it: the first word of its own name. */
export function environmentOf(one: Pick<Endpoint, 'service' | 'aliasOf'>): string {
  const own = one.aliasOf ?? one.service
  return own.split('/')[0] ?? own
}
