/**
 * Ends an instance for certain: the stop command if there is one, the signal to the whole group,
 * the grace, then SIGKILL for whatever is left, until the kernel shows nothing more of it. It is asked
 * once, also by an order that is repeated after a crash, and by any other one that comes meanwhile: of a
 * second signal a service that finishes what it has would end at once.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { assert } from '../../core/fault/assert.ts'
import { withoutListening } from '../../core/port/listen-variables.ts'
import type { PortProtocol } from '../../core/port/port-claim.ts'
import { protocolOf } from '../../core/port/port-protocols.ts'
import type { KernelProcess } from '../../seams/kernel-processes.ts'
import { isPortFree } from '../placement/ports.ts'
import { graceLeftMs, readAsked, writeAsked } from '../subject/asked-to-end.ts'
import type { Identity, Instance } from './instance.ts'
import { readEnd, voidClaim } from './instance-folder.ts'
import type { Kernel } from './kernel/kernel.ts'
import { findMembers } from './members.ts'
import { HOST } from './outputs.ts'
import type { Ended, StopPolicy } from './record.ts'
import { runStopCommand } from './stop-command.ts'
import type { Supervisor } from './supervisor.ts'

/** After SIGKILL only a process stuck in the kernel stays; and how long its ports may linger. */
const KILL_MS = 5_000
const EXECUTED_MS = 500
const POLL_FIRST_MS = 1
const POLL_MOST_MS = 25

/** What ending needs. */
export interface EndNeeds {
  readonly kernel: Kernel
  readonly supervisor: Supervisor
  readonly nowMs: () => number
  readonly searchPath: string
}

/** Who has it ended. */
export interface EndOrder {
  readonly id: string
  /** Aborted when it is given up; absent: it never is. */
  readonly signal?: AbortSignal
}

/** What ending came to. */
export interface EndResult {
  readonly left: readonly KernelProcess[]
  readonly portsLeft: readonly number[]
  /** Whether SIGKILL was needed. */
  readonly forced: boolean
  /** Whether anything was running at all. */
  readonly wasRunning: boolean
  /** What went wrong on the way, for people. */
  readonly notes: readonly string[]
}

/** Ends the instance; settles soon after the signal aborts, with what is then left. */
export async function endInstance(
  instance: Instance,
  policy: StopPolicy,
  needs: EndNeeds,
  order: EndOrder,
): Promise<EndResult> {
  return await new Ending(instance, policy, needs, order).run()
}

class Ending {
  readonly #instance: Instance
  readonly #policy: StopPolicy
  readonly #needs: EndNeeds
  readonly #order: string
  readonly #signal: AbortSignal
  readonly #known = new Map<number, Identity>()
  readonly #notes: string[] = []
  #forced = false
  /** Whether the last look, at everything, found nothing. */
  #isProvedGone = false

  constructor(instance: Instance, policy: StopPolicy, needs: EndNeeds, order: EndOrder) {
    this.#instance = instance
    this.#policy = policy
    this.#needs = needs
    this.#order = order.id
    this.#signal = order.signal ?? new AbortController().signal
  }

  async run(): Promise<EndResult> {
    const wasRunning = this.#prepare()
    if (wasRunning) await this.#untilExecuted()
    if (wasRunning) await this.#askToEnd()
    const left = await this.#kill()
    const portsLeft = await this.#untilPortsClosed(left.length === 0 ? KILL_MS : 0)
    if (left.length === 0) this.#recordEnd()
    return { left, portsLeft, forced: this.#forced, wasRunning, notes: this.#notes }
  }

  /** @returns whether there is anything to end */
  #prepare(): boolean {
    if (this.#instance.ended === undefined && this.#instance.identity === undefined) {
      // Not yet claimed: taking the claim ourselves means that it never will be.
      if (!voidClaim(this.#instance.path)) this.#needs.supervisor.check(this.#instance)
    }
    return this.#leaderLives() || this.#members({ byMark: true }).length > 0
  }

  /**
   * A signal between the wrapper's first line and the component's would be lost: the wrapper
   * catches it, and the component, started a moment later, never hears of it.
   */
  async #untilExecuted(): Promise<void> {
    const leader = this.#instance.identity
    if (leader === undefined || !this.#leaderLives()) return
    const { kernel } = this.#needs
    const wrapper = kernel.command(leader.pid)
    await this.#until(EXECUTED_MS, () => {
      const executed = kernel
        .children(leader.pid)
        .map((pid) => kernel.command(pid))
        .some((command) => command !== '' && command !== wrapper)
      return executed || !this.#leaderLives()
    })
  }

  async #askToEnd(): Promise<void> {
    const { signal, command, graceMs } = this.#policy
    const [order, nowMs] = [this.#order, this.#needs.nowMs()]
    const asked = readAsked(this.#instance.path)
    const leftMs = graceLeftMs(asked, { order, graceMs, nowMs })
    const untilMs = performance.now() + leftMs
    const leader = this.#instance.identity
    if (asked?.signal !== signal) {
      if (command !== undefined) this.#notes.push(...(await this.#runCommand(command)))
      const members = this.#members({ byMark: false })
      if (members.length === 0) return
      const inGroup = members.some((it) => it.groupId === leader?.pid)
      if (leader !== undefined && inGroup) send(-leader.pid, signal)
      else for (const member of members) send(member.pid, signal)
    }
    writeAsked(this.#instance.path, { order, signal, untilMs: nowMs + leftMs })
    await this.#until(untilMs - performance.now(), () => !this.#leaderLives())
    // What left the group has not heard the signal; now nobody else will tell it to end.
    const left = this.#members({ byMark: true })
    if (left.length === 0) return
    for (const member of left) {
      if (member.groupId !== leader?.pid) send(member.pid, this.#policy.signal)
    }
    await this.#until(
      untilMs - performance.now(),
      () => this.#members({ byMark: false }).length === 0,
    )
  }

  async #runCommand(command: readonly string[]): Promise<readonly string[]> {
    const { instance: name, cwd, ports, host = HOST } = this.#instance.record
    const leader = this.#instance.identity?.pid ?? 0
    const problem = await runStopCommand({
      command,
      cwd,
      placement: { host, ports },
      variables: withoutListening(Object.fromEntries(this.#needs.kernel.variables(leader) ?? [])),
      searchPath: this.#needs.searchPath,
      timeoutMs: this.#policy.graceMs,
      signal: this.#signal,
    })
    return problem === undefined ? [] : [`The stop command of ${name} ${problem}.`]
  }

  /** SIGKILL for everything that is left, also what has left the session. */
  async #kill(): Promise<readonly KernelProcess[]> {
    let left = this.#isProvedGone ? [] : this.#members({ byMark: true })
    if (this.#signal.aborted || left.length === 0) return left
    await this.#until(KILL_MS, () => {
      left = this.#members({ byMark: true })
      for (const member of left) send(member.pid, 'SIGKILL')
      if (left.length > 0) this.#forced = true
      return left.length === 0
    })
    return left
  }

  async #untilPortsClosed(forMs: number): Promise<readonly number[]> {
    const untilMs = performance.now() + forMs
    let open = await this.#openPorts()
    while (open.length > 0 && performance.now() < untilMs && !this.#signal.aborted) {
      await delay(POLL_MOST_MS)
      open = await this.#openPorts()
    }
    return open
  }

  /**
   * A port that cannot be bound may be a client's own end; only a listener is one left open. What it
   * has inherited is held for the next start as well.
   */
  async #openPorts(): Promise<readonly number[]> {
    const open: number[] = []
    const { ports, protocols, inherited = [] } = this.#instance.record
    for (const [name, port] of Object.entries(ports)) {
      const protocol = protocolOf(protocols, name)
      if (inherited.includes(name) || (await isPortFree(port, protocol))) continue
      if (this.#isListenedOn(port, protocol)) open.push(port)
    }
    return open
  }

  /** Where the kernel does not tell, what cannot be bound counts as listened on. */
  #isListenedOn(port: number, protocol: PortProtocol): boolean {
    const { kernel } = this.#needs
    if (protocol === 'tcp') return kernel.listeningPorts()?.has(port) !== false
    return kernel.listening(protocol)?.some((row) => row.port === port) !== false
  }

  #recordEnd(): void {
    this.#instance.isCleared = true
    const endedAtMs = this.#needs.nowMs()
    const killed = this.#forced && this.#instance.identity !== undefined
    const seen: Ended = killed
      ? { status: 'exited', signal: 'SIGKILL', endedAtMs }
      : { status: 'lost', endedAtMs }
    this.#needs.supervisor.end(this.#instance, readEnd(this.#instance.path) ?? seen)
  }

  #leaderLives(): boolean {
    const leader = this.#instance.identity
    if (leader === undefined) return false
    return this.#needs.kernel.process(leader.pid)?.started === leader.started
  }

  #members(how: { byMark: boolean }): readonly KernelProcess[] {
    const { instance, workspace } = this.#instance.record
    const found = findMembers(this.#needs.kernel, {
      instance,
      workspace,
      leader: this.#instance.identity,
      known: [...this.#known.values()],
      byMark: how.byMark,
    })
    this.#isProvedGone = how.byMark && found.length === 0
    for (const { pid, started } of found) this.#known.set(pid, { pid, started })
    return found
  }

  /**
   * Looks until it holds, the time is over, or the order is given up. The end of the instance wakes
   * it at once; for everything else the kernel has no event that reaches us, so it looks again.
   */
  async #until(forMs: number, holds: () => boolean): Promise<void> {
    const untilMs = performance.now() + forMs
    let pauseMs = POLL_FIRST_MS
    while (!this.#signal.aborted && !holds() && performance.now() < untilMs) {
      const awake = new AbortController()
      const wake = (): void => awake.abort()
      const unwatch = this.#instance.ended === undefined ? this.#instance.onEnd(wake) : undefined
      this.#signal.addEventListener('abort', wake, { once: true })
      // A wake-up rejects the pause; that is its purpose.
      await delay(pauseMs, undefined, { signal: awake.signal }).catch(() => undefined)
      this.#signal.removeEventListener('abort', wake)
      unwatch?.()
      pauseMs = Math.min(pauseMs * 2, POLL_MOST_MS)
    }
  }
}

/** Sends a signal; that the receiver is already gone is what we want anyway. */
function send(pid: number, signal: string): void {
  assert(Math.abs(pid) > 1, 'a signal goes to one process or group, never to all of them')
  try {
    process.kill(pid, signal)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    // Not permitted: it then shows up among what is left.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
