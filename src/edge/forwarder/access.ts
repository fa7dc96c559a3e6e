/**
 * Who may come in at a front, by the rules of Ports contracts: on this machine the kernel tells which
 * process a connection comes from, elsewhere a token or a certificate does. What cannot be told is a no.
 */
import { performance } from 'node:perf_hooks'
import { matchesCertificateName } from '../../core/port/certificate-name.ts'
import type { ConnectPolicy, ConnectTarget } from '../../core/port/connect-policy.ts'
import { matchesWord } from '../../core/port/match-word.ts'
import { mayConnect, rulesFor } from '../../core/port/may-connect.ts'
import type { ProcessIdentity } from '../../core/port/port-lease.ts'
import { digestOfText } from '../../core/units/digest.ts'
import type { ClientSocket, KernelProcesses } from '../../seams/kernel-processes.ts'
import type { Admission, FrontClient } from './front.ts'
import { ServiceProcesses } from './service-processes.ts'

/** A process that runs a service: the leader of all that it starts. */
export interface ServiceProcess extends ProcessIdentity {
  readonly service: string
}

/** What clients are judged by. */
export interface Access {
  readonly policies: readonly ConnectPolicy[]
  readonly processes: readonly ServiceProcess[]
  /** The one process that proves things through fronts: whatever the rules say, but without its children. */
  readonly prober?: ProcessIdentity
}

/** How often strangers are looked for among all processes, so that they cannot keep a front busy. */
const NAMING_PAUSE_MS = 200

/** What is known of whoever opened a connection. */
interface Opened {
  readonly services: readonly string[]
  /** Absent when it is not of this machine, or is not told of. */
  readonly socket?: ClientSocket | undefined
  /** Of the service that has it. */
  readonly pid?: number | undefined
  /** Whether the prober has it; absent until that counts. */
  isProber?: boolean
}

/** Judges clients of one process's fronts. */
export class AccessJudge {
  readonly #kernel: KernelProcesses | undefined
  readonly #opened = new WeakMap<object, Opened>()
  #access: Access = { policies: [], processes: [] }
  #processes: ServiceProcesses | undefined
  #namedAtMs = Number.NEGATIVE_INFINITY

  /** Without a kernel that tells of processes, tokens and certificates alone count. */
  constructor(kernel: KernelProcesses | undefined) {
    this.#kernel = kernel
  }

  /** From now on these count, also for connections that are open. */
  set(access: Access): void {
    this.#access = access
    this.#processes = this.#kernel && new ServiceProcesses(this.#kernel, access.processes)
  }

  judge(client: FrontClient, target: ConnectTarget): Admission {
    const { policies } = this.#access
    if (rulesFor(policies, target).length === 0) return { allowed: true }
    const shown = [...this.#servicesOfToken(client.token), ...this.#servicesOfNames(client)]
    // Whoever shows what it is need not be looked up.
    if (mayConnect(policies, target, shown).verdict === 'allowed') return { allowed: true }
    const opened = this.#openedBy(client)
    const services = [...new Set([...opened.services, ...shown])]
    const { verdict, sentence } = mayConnect(policies, target, services)
    if (verdict === 'allowed' || this.#isProbers(opened)) return { allowed: true }
    const came = `It came from ${this.#whoIs(client, opened)}${this.#showing(client, target)}.`
    return { allowed: false, sentence: `${sentence} ${came}` }
  }

  /** What it has shown, where a certificate could have let it in. */
  #showing({ shown }: FrontClient, target: ConnectTarget): string {
    const patterns = rulesFor(this.#access.policies, target).flatMap(({ from }) => from)
    const couldBe = this.#clients().some(
      ({ service, mtls }) =>
        mtls.length > 0 && patterns.some((pattern) => matchesWord(pattern, service)),
    )
    if (shown !== undefined) return ` and showed ${shown.words}`
    return couldBe ? '; this front asks for no certificate (roll.tls.clientCa)' : ''
  }

  #servicesOfNames({ shown }: FrontClient): readonly string[] {
    const names = shown?.names ?? []
    if (names.length === 0) return []
    return this.#clients()
      .filter(({ mtls }) =>
        mtls.some((pattern) => names.some((name) => matchesCertificateName(pattern, name))),
      )
      .map(({ service }) => service)
  }

  #servicesOfToken(token: string | undefined): readonly string[] {
    if (token === undefined) return []
    const digest = digestOfText(token)
    return this.#clients()
      .filter(({ tokens }) => tokens.includes(digest))
      .map(({ service }) => service)
  }

  /** Looked for once for each connection: a socket stays with whom it was opened by. */
  #openedBy(client: FrontClient): Opened {
    const known = this.#opened.get(client.connection)
    // A service may have been started, and connected, before its process was told of.
    if (known !== undefined && (known.isProber === true || known.services.length > 0)) return known
    const opened = this.#lookUp(client)
    this.#opened.set(client.connection, opened)
    return opened
  }

  #lookUp(client: FrontClient): Opened {
    const socket = this.#kernel?.client(client)
    if (socket === undefined) return { services: [] }
    const users = this.#clients().filter((one) => one.users.includes(socket.user))
    const found = this.#processes?.holding(socket.inode)
    const services = [
      ...users.map(({ service }) => service),
      ...(found === undefined ? [] : [found.service]),
    ]
    return { services, socket, pid: found?.pid }
  }

  /** By the very process: whatever it has started is judged for itself. */
  #isProbers(opened: Opened): boolean {
    opened.isProber ??= opened.socket !== undefined && this.#hasProber(opened.socket)
    return opened.isProber
  }

  #hasProber({ inode }: ClientSocket): boolean {
    const { prober } = this.#access
    if (prober === undefined || this.#kernel?.bootId() !== prober.bootId) return false
    const isThere = this.#kernel.process(prober.pid)?.started === prober.started
    return isThere && this.#kernel.holders(new Set([inode]), [prober.pid]).size > 0
  }

  /** For people. */
  #whoIs({ remoteAddress, remotePort }: FrontClient, { services, socket, pid }: Opened): string {
    const elsewhere = `${remoteAddress}:${remotePort}`
    if (socket === undefined) return elsewhere
    const holder = pid ?? (services.length === 0 ? this.#strangerWith(socket) : undefined)
    const named = holder === undefined ? '' : `process ${holder} (${this.#commandOf(holder)}) of `
    return `${named}user ${socket.user} at ${elsewhere}`
  }

  #strangerWith({ inode }: ClientSocket): number | undefined {
    const nowMs = performance.now()
    if (this.#kernel === undefined || nowMs - this.#namedAtMs < NAMING_PAUSE_MS) return undefined
    this.#namedAtMs = nowMs
    return this.#kernel.holders(new Set([inode]), this.#kernel.pids()).get(inode)?.[0]
  }

  #commandOf(pid: number): string {
    const line = (this.#kernel?.command(pid) ?? '').replaceAll(/\s+/g, ' ')
    return line.length <= 80 ? line : `${line.slice(0, 79)}…`
  }

  #clients() {
    return this.#access.policies.flatMap(({ clients }) => clients)
  }
}
