/**
 * A little world: things that run, limits that are raised, ports with owners. It notes every effect
 * of every command, and what must never happen to it.
 */
import type { Verdict } from '../../../src/core/plan/verdict.ts'
import type { Order } from '../../../src/seams/actuator.ts'

/** A thing that was started. */
export interface Thing {
  /** The command that started it. */
  readonly command: string
  /** `ramp/stage` */
  readonly by: string
  /** When it is ready. @unit ms gone by */
  readonly readyAtMs: number
  status: 'running' | 'flapping' | 'crashed'
}

interface Raise {
  readonly by: string
  readonly amount: number
}

/** What there is. */
export class World {
  readonly things: Map<string, Thing> = new Map()
  readonly #raises = new Map<string, Raise[]>()
  /** The most each limit may come to. */
  readonly ceilings: Map<string, number> = new Map()
  /** Who has each port. */
  readonly ports: Map<string, Set<string>> = new Map()
  /** Ports that a command took from an owner, by the command's stage. */
  readonly #taken = new Map<string, readonly [string, string]>()
  /** How often each command had an effect. */
  readonly effects: Map<string, number> = new Map()
  /** Whether the weather is good: what probes of nothing in particular look at. */
  isFair = true
  /** What else may be asked about by name; whatever is not named is as fair as the weather. */
  readonly facts: Map<string, Verdict> = new Map()
  /** What must never happen and did. */
  readonly violations: string[] = []
  readonly #watchers = new Set<() => void>()

  /** Calls back whenever anything changes. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  /** Tells everybody who watches. */
  changed(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }

  /** What a limit has come to. */
  limit(name: string): number {
    return (this.#raises.get(name) ?? []).reduce((sum, raise) => sum + raise.amount, 0)
  }

  /** Does or takes back what an order says; `half`: so far only that it does not work. */
  apply(order: Order, options: { readonly readyAtMs: number; readonly half: boolean }): void {
    const by = `${order.ramp}/${order.stage}`
    const { input } = order
    this.effects.set(order.id, (this.effects.get(order.id) ?? 0) + 1)
    switch (order.operation) {
      case 'start':
        this.#start(String(input['name']), by, order.id, options)
        break
      case 'stop':
        this.#stop(String(input['name']), by)
        break
      case 'raise':
        this.#raise(String(input['limit']), by, Number(input['amount']))
        break
      case 'lower':
        this.#lower(String(input['limit']), by)
        break
      case 'claim':
        this.#claim(String(input['port']), String(input['owner']), by)
        break
      case 'release':
        this.#release(String(input['port']), String(input['owner']))
        break
      case 'take':
        this.#release(String(input['port']), String(input['owner']))
        this.#taken.set(by, [String(input['port']), String(input['owner'])])
        break
      case 'give-back':
        this.#giveBack(by)
        break
    }
    this.changed()
  }

  /** What is left of a ramp. */
  remainsOf(ramp: string): readonly string[] {
    const mine = (by: string): boolean => by.startsWith(`${ramp}/`)
    return [
      ...[...this.things].filter(([, thing]) => mine(thing.by)).map(([name]) => `thing ${name}`),
      ...[...this.#raises].flatMap(([limit, raises]) =>
        raises.filter((raise) => mine(raise.by)).map((raise) => `${limit} +${raise.amount}`),
      ),
      ...[...this.ports].flatMap(([port, owners]) =>
        [...owners].filter((owner) => mine(owner)).map((owner) => `port ${port} of ${owner}`),
      ),
    ]
  }

  #start(
    name: string,
    by: string,
    command: string,
    options: { readonly readyAtMs: number; readonly half: boolean },
  ): void {
    const there = this.things.get(name)
    if (there !== undefined && there.command !== command) {
      this.violations.push(`thing ${name} started by ${command} while ${there.command} has it`)
    }
    const readyAtMs = options.half ? Number.POSITIVE_INFINITY : options.readyAtMs
    this.things.set(name, { command, by, readyAtMs, status: 'running' })
  }

  #stop(name: string, by: string): void {
    if (this.things.get(name)?.by === by) this.things.delete(name)
  }

  #raise(limit: string, by: string, amount: number): void {
    this.#raises.set(limit, [...(this.#raises.get(limit) ?? []), { by, amount }])
    const ceiling = this.ceilings.get(limit) ?? 0
    if (this.limit(limit) > ceiling) {
      this.violations.push(`limit ${limit} is ${this.limit(limit)}, over its ceiling ${ceiling}`)
    }
  }

  #lower(limit: string, by: string): void {
    const raises = this.#raises.get(limit) ?? []
    this.#raises.set(
      limit,
      raises.filter((raise) => raise.by !== by),
    )
  }

  #claim(port: string, owner: string, by: string): void {
    const owners = this.ports.get(port) ?? new Set()
    this.ports.set(port, owners)
    owners.add(owner.startsWith('@') ? `${by}${owner}` : owner)
    if (owners.size > 1) {
      this.violations.push(`port ${port} has several owners: ${[...owners].join(', ')}`)
    }
  }

  #release(port: string, owner: string): void {
    const owners = this.ports.get(port)
    for (const one of owners ?? []) if (one.endsWith(owner)) owners?.delete(one)
  }

  #giveBack(by: string): void {
    const taken = this.#taken.get(by)
    if (taken === undefined) return
    this.#taken.delete(by)
    this.#claim(taken[0], taken[1], by)
  }
}
