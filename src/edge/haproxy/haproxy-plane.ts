/**
 * HAProxy as a data plane, told over its runtime socket: each owner is a server of its own that is
 * switched on and off. The address of a server is never rewritten; that would lose requests.
 */
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '../../core/fault/fault.ts'
import type { Backend, DataPlane, RoutedBackend } from '../../seams/data-plane.ts'
import { checkBackend, printPlace } from '../backend/check-backend.ts'
import { tellHaproxy } from './runtime-socket.ts'

/** Where HAProxy is, and what it calls things. */
export interface HaproxyOptions {
  /** The path of its `stats socket`, which must have `level admin`. */
  readonly socketPath: string
  /** The name of HAProxy's backend for each front. It must balance dynamically (`leastconn`). */
  readonly backendNames: Readonly<Record<string, string>>
}

const MAINTENANCE = 0x01
const DRAINING = 0x08
const REMOVE_MS = 5_000

/** The data plane. It needs HAProxy 2.5 or later. */
export class HaproxyPlane implements DataPlane {
  readonly name = 'haproxy'
  readonly #options: HaproxyOptions
  readonly #wanted = new Map<string, RoutedBackend & { readonly front: string }>()

  constructor(options: HaproxyOptions) {
    this.#options = options
  }

  async route(front: string, backend: Backend): Promise<void> {
    // HAProxy 2.6 takes the port 99999 without a word, as 34463.
    checkBackend(front, backend)
    const server = this.#serverOf(front, backend)
    const known = (await this.#servers(front)).find(({ id }) => id === backend.id)
    if (known !== undefined && !isSamePlace(known, backend)) await this.remove(front, backend)
    if (known === undefined || !isSamePlace(known, backend)) {
      await this.#tell(
        `add server ${server} ${printPlace(backend)}`,
        /New server registered|Already exists/i,
      )
    }
    await this.#tell(`set server ${server} state ready`)
    this.#wanted.set(server, { ...backend, front, state: 'routed' })
  }

  async drain(front: string, backend: Backend): Promise<void> {
    const server = this.#serverOf(front, backend)
    if (!(await this.#servers(front)).some(({ id }) => id === backend.id)) return
    await this.#tell(`set server ${server} state drain`)
    this.#wanted.set(server, { ...backend, front, state: 'draining' })
  }

  async inFlight(front: string, { id }: Backend): Promise<number> {
    const text = await this.#ask(`show stat ${this.#backendOf(front)} 4 -1`)
    const [head = '', ...lines] = text.replace(/^# /, '').split('\n')
    const columns = head.split(',')
    const row = lines.map((line) => line.split(',')).find((cells) => cells[1] === id)
    const cell = (name: string): number => Number(row?.[columns.indexOf(name)] ?? 0)
    return cell('scur') + cell('qcur')
  }

  async remove(front: string, backend: Backend): Promise<void> {
    const server = this.#serverOf(front, backend)
    this.#wanted.delete(server)
    if (!(await this.#servers(front)).some(({ id }) => id === backend.id)) return
    await this.#tell(`set server ${server} state maint`)
    await this.#tell(`shutdown sessions server ${server}`)
    const untilMs = performance.now() + REMOVE_MS
    for (;;) {
      // It answers with a refusal as long as the connections that were just cut are being closed.
      const answer = await this.#ask(`del server ${server}`)
      if (/Server deleted|No such server/i.test(answer)) return
      if (performance.now() > untilMs) throw failed(`del server ${server}`, answer)
      await delay(20)
    }
  }

  async backends(front: string): Promise<readonly RoutedBackend[]> {
    return this.#servers(front)
  }

  /** Tells it again all that this object has told: after a reload HAProxy has forgotten. */
  async reapply(): Promise<void> {
    for (const { front, state, ...backend } of [...this.#wanted.values()]) {
      await this.route(front, backend)
      if (state === 'draining') await this.drain(front, backend)
    }
  }

  /** Every server that is not in maintenance, by HAProxy's own word. */
  async #servers(front: string): Promise<readonly RoutedBackend[]> {
    const text = await this.#ask(`show servers state ${this.#backendOf(front)}`)
    const lines = text.split('\n')
    const at = lines.findIndex((line) => line.startsWith('# '))
    if (at === -1) throw failed('show servers state', text)
    const columns = lines[at]?.slice(2).split(' ') ?? []
    return lines.slice(at + 1).flatMap((line) => {
      const cells = line.split(' ')
      const cell = (name: string): string => cells[columns.indexOf(name)] ?? ''
      const admin = Number(cell('srv_admin_state'))
      if (cells.length < columns.length || (admin & MAINTENANCE) !== 0) return []
      const state = (admin & DRAINING) === 0 ? 'routed' : 'draining'
      const [id, address, port] = [cell('srv_name'), cell('srv_addr'), Number(cell('srv_port'))]
      return [{ id, address, port, state } as const]
    })
  }

  #backendOf(front: string): string {
    const name = this.#options.backendNames[front]
    if (name !== undefined) return name
    throw failed(`find the backend of ${front}`, 'no backend of HAProxy was named for this front')
  }

  #serverOf(front: string, { id }: Backend): string {
    return `${this.#backendOf(front)}/${id}`
  }

  #ask(command: string): Promise<string> {
    return tellHaproxy(this.#options.socketPath, command)
  }

  /** Success is silence, or what is expected; everything else is an error in words. */
  async #tell(command: string, expected = /^$/): Promise<void> {
    const answer = await this.#ask(command)
    if (!expected.test(answer)) throw failed(command, answer)
  }
}

function isSamePlace(one: Backend, other: Backend): boolean {
  return one.address === other.address && one.port === other.port
}

function failed(operation: string, answer: string): Fault {
  const hint = `HAProxy answered: ${answer.trim()}`
  return new Fault({ code: 'data-plane-failed', operation, subject: 'haproxy', hint })
}
