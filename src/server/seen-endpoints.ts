/** The endpoints that somebody may see: those of the environments that their scopes speak of. */
import type { Endpoint, Endpoints } from '../seams/endpoints.ts'

/** A part of a list of endpoints; of an environment that comes later it is asked then. */
export class SeenEndpoints implements Endpoints {
  readonly #all: Endpoints
  readonly #maySee: (environment: string) => Promise<boolean>
  readonly #seen = new Map<string, boolean>()

  private constructor(all: Endpoints, maySee: (environment: string) => Promise<boolean>) {
    this.#all = all
    this.#maySee = maySee
  }

  /** @param maySee whether an environment of that name may be seen; asked once for each */
  static async of(
    all: Endpoints,
    maySee: (environment: string) => Promise<boolean>,
  ): Promise<SeenEndpoints> {
    const seen = new SeenEndpoints(all, maySee)
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
      // Who cannot be looked up is not seen; whoever waits is told of everybody else.
      void this.#judge()
        .catch(() => undefined)
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
      this.#unknown().map(async (name) => this.#seen.set(name, await this.#maySee(name))),
    )
  }
}

/** The environment that a service belongs to, as scopes speak of it: the first word of its name. */
export function environmentOf({ service }: Pick<Endpoint, 'service'>): string {
  return service.split('/')[0] ?? service
}
