/**
 * HAProxy as a data plane, told over its runtime socket: each owner is a server of its own that is
 * switched on and off. The address of a server is never rewritten; that would lose requests. While nobody
 * serves there is one where nobody listens: HAProxy tries that again and again, as often as its `retries`
 * say, and so lets clients wait whom it would answer 503 at once.
 */
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '../../core/fault/fault.ts'
import type { Backend, DataPlane, RoutedBackend } from '../../seams/data-plane.ts'
import { checkBackend, isSamePlace, printPlace } from '../backend/check-backend.ts'
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

/** A server where nobody listens, and nobody but root can. */
const NOBODY: Backend = { id: 'rampart-nobody', address: '127.0.0.1', port: 9 }

/** The data plane. It needs HAProxy 2.5 or later. */
export class HaproxyPlane implements DataPlane {
  readonly name = 'haproxy'
  readonly #options: HaproxyOptions
  /** Fronts where clients were let wait, and a server for that may be left. */
  readonly #waited = new Set<string>()

  constructor(options: HaproxyOptions) {
    this.#options = options
  }

  async route(front: string, backend: Backend): Promise<void> {
    // HAProxy 2.6 takes the port 99999 without a word, as 34463.
    checkBackend(front, backend)
    const server = this.#serverOf(front, backend)
    const servers = await this.#servers(front)
    const known = servers.find(({ id }) => id === backend.id)
    if (known !== undefined && !isSamePlace(known, backend)) await this.remove(front, backend)
    if (known === undefined || !isSamePlace(known, backend)) {
      await this.#add(front, backend)
    }
    // In one breath: those who wait find it, and nobody who comes is sent to where nobody listens.
    const isWaiting = servers.some(isNobody)
    if (isWaiting) this.#waited.add(front)
    const ended = isWaiting ? `; set server ${this.#serverOf(front, NOBODY)} state maint` : ''
    await this.#tell(`set server ${server} state ready${ended}`)
  }

  async drain(front: string, backend: Backend): Promise<void> {
    const server = this.#serverOf(front, backend)
    if (!(await this.#servers(front)).some(({ id }) => id === backend.id)) return
    await this.#tell(`set server ${server} state drain`)
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

  async letWait(front: string, isWaiting: boolean): Promise<void> {
    const server = this.#serverOf(front, NOBODY)
    const isThere = (await this.#servers(front)).some(isNobody)
    if (!isWaiting) return await this.#endWaiting(front, isThere)
    if (isThere) return
    this.#waited.add(front)
    await this.#add(front, NOBODY)
    await this.#tell(`set server ${server} state ready`)
  }

  /** It is forgotten once nobody waits there any more, which may be later. */
  async #endWaiting(front: string, isThere: boolean): Promise<void> {
    const server = this.#serverOf(front, NOBODY)
    if (isThere) await this.#tell(`set server ${server} state maint`)
    else if (!this.#waited.has(front)) return
    const answer = await this.#ask(`del server ${server}`)
    if (/Server deleted|No such server/i.test(answer)) this.#waited.delete(front)
    else this.#waited.add(front)
  }

  async backends(front: string): Promise<readonly RoutedBackend[]> {
    return (await this.#servers(front)).filter((server) => !isNobody(server))
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

  async #add(front: string, backend: Backend): Promise<void> {
    const server = this.#serverOf(front, backend)
    const expected = /New server registered|Already exists/i
    await this.#tell(`add server ${server} ${printPlace(backend)}`, expected)
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

function isNobody({ id }: Backend): boolean {
  return id === NOBODY.id
}

function failed(operation: string, answer: string): Fault {
  const hint = `HAProxy answered: ${answer.trim()}`
  return new Fault({ code: 'data-plane-failed', operation, subject: 'haproxy', hint })
}
