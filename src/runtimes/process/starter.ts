/**
 * Carries out `start`. Whatever happens in between, one order starts a component at most once: the
 * record names the order before anything is spawned, and only one wrapper can take the claim.
 */

import { setTimeout as delay } from 'node:timers/promises'
import { done, failed } from '../../core/entry/command-answers.ts'
import type { CommandAnswer } from '../../core/entry/entry.ts'
import { printPorts } from '../../core/port/port-protocols.ts'
import type { Order } from '../../seams/actuator.ts'
import type { NoPorts, PortReservation, PortSource } from '../placement/port-source.ts'
import { isOwnAddress } from '../placement/ports.ts'
import {
  buildVariables,
  findUnknownPort,
  substitute,
  type VariableSources,
} from '../placement/variables.ts'
import { instanceName } from '../subject/subject-folder.ts'
import { askedPorts } from './asked-ports.ts'
import { findCommandFile } from './command-file.ts'
import { type EndNeeds, endInstance } from './end-instance.ts'
import { Instance } from './instance.ts'
import { createInstance, openSubjectFolder, readClaim, syncInstance } from './instance-folder.ts'
import { findMembers } from './members.ts'
import type { NotifyKeeper } from './notify/notify-keeper.ts'
import type { StartInput } from './order-input.ts'
import { HOST, instanceOutputs, sharingOutputs } from './outputs.ts'
import type { InstanceRecord } from './record.ts'
import type { Registry } from './registry.ts'
import { spawnHeir } from './spawn-heir.ts'
import type { Spawned } from './spawner/spawned.ts'
import type { Spawner } from './spawner/spawner.ts'

const CLAIM_MS = 5_000
const CREATE_TRIES_MAX = 5

/** What starting needs. */
export interface StartNeeds extends EndNeeds {
  readonly folder: string
  readonly workspace: string
  readonly bootId: string
  readonly settings: Readonly<Record<string, string>>
  readonly registry: Registry
  readonly ports: PortSource
  readonly spawner: Spawner
  readonly notify: NotifyKeeper
  readonly started: (instance: Instance) => void
  /** Who leads a start became known. */
  readonly identified: () => void
  readonly pruned: (instance: Instance) => void
}

/** Starts a component, or answers with the instance that already is what was asked for. */
export async function startComponent(
  order: Order,
  input: StartInput,
  needs: StartNeeds,
): Promise<CommandAnswer> {
  const texts = [...input.command, ...Object.values(input.env), ...(input.stop.command ?? [])]
  const unknown = findUnknownPort(texts, input.ports)
  if (unknown !== undefined) {
    const reference = `\${self.ports.${unknown}}`
    const sentence = `${input.subject} refers to ${reference}, but declares no such port.`
    return failed({ reason: 'port-unknown', sentence })
  }
  const file = findCommandFile(
    input.command[0] ?? '',
    input.cwd,
    input.env['PATH'] ?? needs.searchPath,
  )
  if (file.path === undefined) {
    return failed({ reason: file.reason, sentence: `${input.subject}: ${file.sentence}` })
  }
  if (input.notify !== undefined && !(await needs.notify.isAvailable())) {
    const sentence = `${input.subject} wants to notify, for which there is no addon on this machine.`
    return failed({ reason: 'notify-unavailable', sentence })
  }
  return await new Start(order, input, file.path, needs).run()
}

class Start {
  readonly #order: Order
  readonly #input: StartInput
  readonly #program: string
  readonly #needs: StartNeeds

  constructor(order: Order, input: StartInput, program: string, needs: StartNeeds) {
    this.#order = order
    this.#input = input
    this.#program = program
    this.#needs = needs
  }

  async run(): Promise<CommandAnswer> {
    const instances = this.#needs.registry.refresh(this.#input.subject)
    const repeated = this.#find(instances)
    if (repeated !== undefined) return await this.#repeat(repeated)
    for (const instance of instances) {
      if (this.#hasLeftovers(instance)) {
        const refusal = await this.#endOld(instance)
        if (refusal !== undefined) return refusal
      }
      if (instance.ended !== undefined) continue
      this.#needs.supervisor.check(instance)
      if (this.#isWanted(instance)) return this.#answer(instance, 'already-running')
      if (this.#input.beside) continue
      const refusal = await this.#endOld(instance)
      if (refusal !== undefined) return refusal
    }
    return await this.#startNew()
  }

  /** The latest: after a reboot one order may have been carried out twice. */
  #find(instances: readonly Instance[]): Instance | undefined {
    return instances.findLast((instance) => instance.record.order === this.#order.id)
  }

  #isWanted(instance: Instance): boolean {
    return (
      instance.ended === undefined &&
      instance.identity !== undefined &&
      instance.record.digest === this.#input.digest &&
      (this.#input.copy === undefined || this.#input.copy === instance.copy) &&
      !this.#input.oneShot
    )
  }

  /**
   * What a start that has ended left behind has no owner any more: who takes its place is not to run
   * beside it.
   */
  #hasLeftovers(instance: Instance): boolean {
    if (!this.#input.beside || instance.ended === undefined || instance.isCleared) return false
    const { identity: leader } = instance
    const { instance: name, workspace } = instance.record
    const query = { instance: name, workspace, leader, known: [], byMark: true }
    return findMembers(this.#needs.kernel, query).length > 0
  }

  async #endOld(instance: Instance): Promise<CommandAnswer | undefined> {
    const { stop } = instance.record
    const { left } = await endInstance(instance, stop, this.#needs, this.#order)
    if (this.#order.signal.aborted) return this.#cancelled()
    if (left.length === 0) return undefined
    const pids = left.map(({ pid }) => pid).join(', ')
    return failed({
      reason: 'old-instance-left',
      sentence: `${instance.name} had to give way, but its processes ${pids} do not end.`,
      retryable: true,
    })
  }

  /** The order was given before: whatever came of it then is its effect. */
  async #repeat(instance: Instance): Promise<CommandAnswer> {
    this.#needs.supervisor.check(instance)
    const rebooted = instance.record.bootId !== this.#needs.bootId
    // After a reboot a service is certainly gone; a one-shot may have done its work all the same.
    if (rebooted && !this.#input.oneShot) return await this.#startNew()
    if (rebooted || instance.identity !== undefined) return this.#answer(instance, 'repeated')
    if (instance.ended !== undefined) {
      const sentence = `${instance.name} was given up before it started; a new order may start it.`
      return failed({ reason: 'cancelled', sentence })
    }
    await this.#syncFirst(instance)
    const spawned = await this.#spawn(instance).catch(async (error) => {
      // Its sockets may never be there again, under this order; a new one has new ones.
      if (instance.record.inherited !== undefined) await this.#giveUp(instance)
      throw error
    })
    await untilClaimed(instance, spawned)
    this.#needs.supervisor.check(instance)
    await syncInstance(instance.path)
    return this.#answer(instance, 'repeated')
  }

  async #startNew(): Promise<CommandAnswer> {
    for (let attempt = 0; attempt < CREATE_TRIES_MAX; attempt++) {
      const reservation = await this.#reservePorts()
      if ('sentence' in reservation) {
        const { reason = 'no-free-port' } = reservation
        const sentence = `${this.#input.subject}: ${reservation.sentence}`
        return failed({ reason, sentence, retryable: true })
      }
      try {
        if (this.#order.signal.aborted) return this.#cancelled()
        const instance = this.#record(reservation)
        if (instance !== undefined) return await this.#launch(instance)
      } finally {
        reservation.release()
      }
      // Another daemon took the number; perhaps for this very order.
      const instances = this.#needs.registry.refresh(this.#input.subject)
      const repeated = this.#find(instances)
      if (repeated !== undefined) return await this.#repeat(repeated)
    }
    const sentence = `${this.#input.subject}: somebody else keeps starting it at the same time.`
    return failed({ reason: 'contended', sentence, retryable: true })
  }

  async #reservePorts(): Promise<PortReservation | NoPorts> {
    const { host } = this.#input
    if (host !== undefined && !(await isOwnAddress(host))) {
      const sentence = `its ports name the address ${host}, which is none of this machine.`
      return { reason: 'address-unknown', sentence }
    }
    const taken = new Set<number>()
    for (const instance of this.#needs.registry.all()) {
      if (instance.ended !== undefined) continue
      for (const port of Object.values(instance.record.ports)) taken.add(port)
    }
    const latest = this.#needs.registry.of(this.#input.subject).at(-1)
    const asked = askedPorts(this.#input)
    const previous = latest?.record.ports ?? {}
    const { subject, beside } = this.#input
    const running = this.#needs.registry.of(subject).filter(({ ended }) => ended === undefined)
    // Beside another start it cannot have that one's ports.
    const start = beside
      ? {
          start: String(this.#needs.registry.nextNumber(subject)),
          beside: running.map(({ record }) => String(record.number)),
        }
      : {}
    const address = host === undefined ? {} : { address: host }
    return await this.#needs.ports.reserve({
      ...{ subject, ...asked, previous, taken, by: this.#order.by },
      ...start,
      ...address,
    })
  }

  #record({ ports, host: leasedAt = HOST }: PortReservation): Instance | undefined {
    const { subject, digest, oneShot, cwd, stop, notify, copy } = this.#input
    const { host = leasedAt === HOST ? undefined : leasedAt } = this.#input
    const { registry, folder, workspace, bootId, nowMs } = this.#needs
    const { inherited, protocols } = askedPorts(this.#input)
    const number = registry.nextNumber(subject)
    const record: InstanceRecord = {
      recordVersion: 1,
      instance: instanceName(subject, number),
      subject,
      number,
      order: this.#order.id,
      fence: this.#order.fence,
      digest,
      oneShot,
      ...(copy === undefined ? {} : { copy }),
      cwd,
      ports,
      ...(protocols === undefined ? {} : { protocols }),
      ...(inherited.length === 0 ? {} : { inherited }),
      ...(host === undefined ? {} : { host }),
      stop,
      ...(notify === undefined ? {} : { notify: true }),
      workspace,
      bootId,
      startedAtMs: nowMs(),
    }
    const made = createInstance(openSubjectFolder(folder, subject), record)
    if (made === undefined) return undefined
    const instance = new Instance(made)
    registry.add(instance)
    return instance
  }

  async #launch(instance: Instance): Promise<CommandAnswer> {
    try {
      await this.#syncFirst(instance)
      if (this.#order.signal.aborted) return await this.#giveUp(instance)
      await this.#identify(instance, await this.#spawn(instance))
      await syncInstance(instance.path)
    } catch (error) {
      await this.#giveUp(instance)
      throw error
    }
    const pruned = this.#needs.registry.prune(this.#input.subject)
    for (const old of pruned) this.#needs.pruned(old)
    return this.#answer(instance, 'spawned')
  }

  /** The wrapper says who it is in its claim; this is only so as not to wait for that. */
  async #identify(instance: Instance, spawned: Spawned): Promise<void> {
    if (spawned.isContended) await untilClaimed(instance, spawned)
    // A daemon that lives on beside this one might claim the start in this instant: then the check
    // corrects.
    const leader = spawned.isContended ? undefined : this.#needs.kernel.process(spawned.pid)
    if (leader !== undefined) instance.identity = { pid: leader.pid, started: leader.started }
    else this.#needs.supervisor.identify(instance)
    // At once: it may come to a front with its first breath.
    this.#needs.identified()
  }

  /**
   * A service ends with the power: its record is in time if it is on the disk before the answer. What
   * a one-shot does may last: it must never be done again because its record was lost.
   */
  async #syncFirst(instance: Instance): Promise<void> {
    if (this.#input.oneShot) await syncInstance(instance.path)
  }

  async #spawn(instance: Instance): Promise<Spawned> {
    const { inherit, env, command, cwd, subject } = this.#input
    const { host, ports, protocols, inherited } = instance.record
    const placement = { host: host ?? HOST, isNamed: host !== undefined, ports }
    const marks = { instance: instance.name, subject, workspace: this.#needs.workspace }
    const { shared } = askedPorts(this.#input)
    const notify = await this.#listen(instance)
    const own = { subject, ports, protocols }
    await this.#needs.ports.letGo(own)
    const request = {
      path: instance.path,
      command: [this.#program, ...command.slice(1).map((word) => substitute(word, placement))],
      cwd,
      variables: buildVariables({
        inherit,
        settings: this.#needs.settings,
        env,
        placement,
        notify,
        marks,
      }),
    }
    const spawned =
      inherited === undefined
        ? await this.#needs.spawner.spawn(request)
        : await spawnHeir(request, { ...own, inherited, shared }, this.#needs.ports)
    this.#needs.supervisor.parent(instance, spawned)
    this.#needs.started(instance)
    return spawned
  }

  /** Before it is spawned, so that not even its first word is lost. */
  async #listen(instance: Instance): Promise<VariableSources['notify']> {
    const { notify } = this.#input
    if (notify === undefined) return undefined
    return { socket: await this.#needs.notify.listen(instance), watchdogMs: notify.watchdogMs }
  }

  /** Makes sure that it does not run, and that no wrapper will ever start it. */
  async #giveUp(instance: Instance): Promise<CommandAnswer> {
    const policy = { ...instance.record.stop, signal: 'SIGKILL', graceMs: 0 }
    await endInstance(instance, policy, this.#needs, { id: this.#order.id })
    return this.#cancelled()
  }

  #cancelled(): CommandAnswer {
    return failed({
      reason: 'cancelled',
      sentence: `Starting ${this.#input.subject} was given up.`,
    })
  }

  #tellPorts({ record, identity }: Instance): void {
    const { ports, bootId, identified } = this.#needs
    identified()
    if (identity !== undefined) ports.took(record, { ...identity, bootId })
  }

  async #answer(instance: Instance, reason: string): Promise<CommandAnswer> {
    const { record } = instance
    const adopted = record.order !== this.#order.id
    if (this.#order.signal.aborted && !adopted) return await this.#giveUp(instance)
    const pid = instance.identity?.pid ?? 0
    this.#tellPorts(instance)
    const ports = printPorts(record.ports, record.protocols)
    const listens = ports.length === 0 ? '' : `, ports ${ports.join(', ')}`
    const sharing = sharingOutputs(instance, this.#input, this.#needs.registry)
    const how = adopted ? `has been running since ${record.order}` : 'is running'
    return done({
      reason,
      sentence: `${record.instance} ${how} as process ${pid}${listens}.`,
      outputs: { ...instanceOutputs(instance), ...sharing, adopted },
    })
  }
}

/** Waits until either this wrapper or a faster one has claimed the start, or all have failed. */
async function untilClaimed(instance: Instance, spawned: Spawned): Promise<void> {
  let hasEnded = false
  void spawned.ended.then((end) => {
    hasEnded = end !== undefined
  })
  const untilMs = performance.now() + CLAIM_MS
  while (readClaim(instance.path) === undefined && performance.now() < untilMs) {
    if (hasEnded) return
    // The claim may come from another wrapper, of which there is no event here.
    await delay(1)
  }
}
