/**
 * Carries out `start`. Whatever happens in between, one order starts a component at most once: the
 * record names the order before the engine is asked, the container's name is the start's own, and
 * the engine makes a name only once and starts what runs only once.
 */
import { done, failed } from '../../core/entry/command-answers.ts'
import type { CommandAnswer } from '../../core/entry/entry.ts'
import { printPorts, protocolsIn } from '../../core/port/port-protocols.ts'
import type { Order } from '../../seams/actuator.ts'
import type { NoPorts, PortReservation } from '../placement/port-source.ts'
import { findUnknownPort } from '../placement/variables.ts'
import { containerBody } from './container-body.ts'
import { endInstance } from './end-instance.ts'
import { EngineTrouble } from './engine/engine-trouble.ts'
import { findImage } from './find-image.ts'
import { Instance } from './instance.ts'
import { createInstance, openSubjectFolder } from './instance-folder.ts'
import { containerName, workspaceLabels } from './labels.ts'
import type { StartInput } from './order-input.ts'
import { type Wiring, wire } from './placing.ts'
import type { ContainerRecord } from './record.ts'
import type { StopNeeds } from './stopper.ts'

const TRIES_MAX = 5
const PORT_TAKEN = /address already in use|port is already allocated|ports are not available/i
const NOT_RUNNABLE = /executable file|no such file or directory|permission denied/i

/** What starting needs. */
export interface StartNeeds extends StopNeeds {
  readonly folder: string
  readonly workspace: string
  readonly settings: Readonly<Record<string, string>>
  readonly pruned: (instance: Instance) => void
}

/**
 * Starts a component, or answers with the instance that already is what was asked for.
 *
 * @throws EngineTrouble
 */
export async function startComponent(
  order: Order,
  input: StartInput,
  needs: StartNeeds,
): Promise<CommandAnswer> {
  const texts = [...(input.entrypoint ?? []), ...(input.command ?? []), ...Object.values(input.env)]
  const unknown = findUnknownPort(texts, input.ports)
  if (unknown !== undefined) {
    const reference = `\${self.ports.${unknown}}`
    const sentence = `${input.subject} refers to ${reference}, but declares no such port.`
    return failed({ reason: 'port-unknown', sentence })
  }
  return await new Start(order, input, needs).run()
}

/** The image that was found. */
interface Image {
  readonly wanted: string
  readonly digest: string
}

class Start {
  readonly #order: Order
  readonly #input: StartInput
  readonly #needs: StartNeeds

  constructor(order: Order, input: StartInput, needs: StartNeeds) {
    this.#order = order
    this.#input = input
    this.#needs = needs
  }

  async run(): Promise<CommandAnswer> {
    const instances = await this.#refresh()
    const repeated = this.#find(instances)
    if (repeated !== undefined) return await this.#repeat(repeated)
    const image = await findImage(this.#input, this.#needs.engine, this.#order.signal)
    if (image.refusal !== undefined) return image.refusal
    for (const instance of instances) {
      if (instance.isCleared) continue
      if (this.#isWanted(instance, image)) return await this.#answer(instance, 'already-running')
      const refusal = await this.#endOld(instance)
      if (refusal !== undefined) return refusal
    }
    return await this.#startNew(image)
  }

  async #refresh(): Promise<readonly Instance[]> {
    return await this.#needs.registry.refresh(this.#input.subject, this.#needs.watcher)
  }

  #find(instances: readonly Instance[]): Instance | undefined {
    return instances.findLast((instance) => instance.record.order === this.#order.id)
  }

  #isWanted(instance: Instance, image: Image): boolean {
    const { record } = instance
    return (
      instance.ended === undefined &&
      instance.pid > 0 &&
      record.digest === this.#input.digest &&
      record.imageDigest === image.digest &&
      !this.#input.oneShot
    )
  }

  async #endOld(instance: Instance): Promise<CommandAnswer | undefined> {
    const { signal } = this.#order
    const options = { policy: instance.record.stop, order: this.#order }
    const { isLeft, portsLeft } = await endInstance(instance, options, this.#needs)
    if (signal.aborted) return this.#cancelled()
    if (!isLeft && portsLeft.length === 0) {
      this.#needs.ports.ended(this.#input.subject)
      return undefined
    }
    const sentence = `${instance.name} had to give way, but its container does not go.`
    return failed({ reason: 'old-instance-left', sentence, retryable: true })
  }

  /** The order was given before: whatever came of it then is its effect. */
  async #repeat(instance: Instance): Promise<CommandAnswer> {
    if (instance.ended?.status === 'lost' && instance.made === undefined) {
      const sentence = `${instance.name} was given up before it started; a new order may start it.`
      return failed({ reason: 'cancelled', sentence })
    }
    if (instance.ended !== undefined || instance.pid > 0) {
      return await this.#answer(instance, 'repeated')
    }
    const image = await findImage(this.#input, this.#needs.engine, this.#order.signal)
    if (image.refusal !== undefined) return image.refusal
    const { outside } = instance.record
    const wiring = wire(this.#input, this.#needs.workspace, outside)
    const refusal = await this.#launch(instance, image, wiring)
    return refusal ?? (await this.#answer(instance, 'repeated'))
  }

  async #startNew(image: Image): Promise<CommandAnswer> {
    for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
      const reservation = await this.#reservePorts()
      if ('sentence' in reservation) {
        const sentence = `${this.#input.subject}: ${reservation.sentence}`
        return failed({ reason: 'no-free-port', sentence, retryable: true })
      }
      try {
        if (this.#order.signal.aborted) return this.#cancelled()
        const wiring = wire(this.#input, this.#needs.workspace, reservation)
        const instance = await this.#record(image, wiring)
        const refusal =
          instance === undefined ? undefined : await this.#launch(instance, image, wiring)
        if (instance !== undefined && refusal?.reason !== 'port-taken') {
          return refusal ?? (await this.#answer(instance, 'started'))
        }
      } finally {
        reservation.release()
      }
      await this.#refresh()
    }
    const sentence = `${this.#input.subject}: somebody else keeps taking its ports or its name.`
    return failed({ reason: 'contended', sentence, retryable: true })
  }

  async #reservePorts(): Promise<PortReservation | NoPorts> {
    const taken = new Set<number>()
    for (const instance of this.#needs.registry.all()) {
      if (instance.ended !== undefined) continue
      for (const port of Object.values(instance.record.outside.ports)) taken.add(port)
    }
    const latest = this.#needs.registry.of(this.#input.subject).at(-1)
    const { subject } = this.#input
    const names = Object.keys(this.#input.ports)
    const previous = latest?.record.outside.ports ?? {}
    return await this.#needs.ports.reserve({
      ...{ subject, names, previous, taken, by: this.#order.by },
      ...protocolsIn(this.#input.ports),
    })
  }

  async #record(image: Image, wiring: Wiring): Promise<Instance | undefined> {
    const { subject, digest, oneShot, stop } = this.#input
    const { registry, folder, workspace, nowMs } = this.#needs
    const number = registry.nextNumber(subject)
    const { outside, protocols, inside, networks } = wiring
    const record: ContainerRecord = {
      recordVersion: 1,
      instance: `${subject}#c${number}`,
      subject,
      number,
      container: containerName(workspace, subject, number),
      order: this.#order.id,
      fence: this.#order.fence,
      digest,
      oneShot,
      image: this.#input.image,
      imageDigest: image.digest,
      outside,
      ...(protocols === undefined ? {} : { protocols }),
      ...(inside === undefined ? {} : { inside }),
      ...(wiring.hasOwnNetwork ? { published: wiring.own.ports } : {}),
      networks,
      stop,
      workspace,
      startedAtMs: nowMs(),
    }
    const files = await createInstance(openSubjectFolder(folder, subject), record)
    if (files === undefined) return undefined
    const instance = new Instance(files)
    registry.add(instance)
    return instance
  }

  /** Makes and starts the container. @returns why not */
  async #launch(
    instance: Instance,
    image: Image,
    wiring: Wiring,
  ): Promise<CommandAnswer | undefined> {
    const { engine, watcher } = this.#needs
    try {
      if (this.#order.signal.aborted) return await this.#giveUp(instance)
      await this.#make(instance, image, wiring)
      if (this.#order.signal.aborted) return await this.#giveUp(instance)
      await this.#needs.ports.letGo(instance.outsidePorts())
      await engine.start(instance.record.container)
      watcher.watch()
      await watcher.settle(instance)
    } catch (error) {
      if (!(error instanceof EngineTrouble) || error.isUnavailable) throw error
      await this.#giveUp(instance)
      return this.#refused(error)
    }
    for (const old of this.#needs.registry.prune(this.#input.subject)) this.#needs.pruned(old)
    return undefined
  }

  async #make(instance: Instance, image: Image, wiring: Wiring): Promise<void> {
    const { engine, workspace, settings } = this.#needs
    const { record } = instance
    for (const network of wiring.networks) {
      await engine.createNetwork(network, workspaceLabels(workspace))
    }
    const body = containerBody({
      input: this.#input,
      record,
      image: image.wanted,
      wiring,
      settings,
    })
    const id = await engine.create(record.container, body)
    // Already made, for this very start: an earlier daemon got so far.
    const made = id ?? (await engine.inspect(record.container))?.id
    if (made !== undefined) instance.make(made)
    if (id === undefined) return
    for (const network of wiring.networks.slice(1)) {
      await engine.connect(network, id, wiring.aliases)
    }
  }

  /** Makes sure that it does not run and never will. */
  async #giveUp(instance: Instance): Promise<CommandAnswer> {
    const policy = { signal: 'SIGKILL', graceMs: 0 }
    const { signal } = new AbortController()
    await endInstance(instance, { policy, order: { ...this.#order, signal } }, this.#needs)
    return this.#cancelled()
  }

  #refused(trouble: EngineTrouble): CommandAnswer {
    const { message, status = 0 } = trouble
    const reason = PORT_TAKEN.test(message)
      ? 'port-taken'
      : NOT_RUNNABLE.test(message)
        ? 'not-runnable'
        : 'engine-refused'
    const retryable = reason === 'port-taken' || (reason === 'engine-refused' && status >= 500)
    return failed({ reason, sentence: `${this.#input.subject}: ${message}`, retryable })
  }

  #cancelled(): CommandAnswer {
    return failed({
      reason: 'cancelled',
      sentence: `Starting ${this.#input.subject} was given up.`,
    })
  }

  async #answer(instance: Instance, reason: string): Promise<CommandAnswer> {
    const { record } = instance
    const adopted = record.order !== this.#order.id
    if (this.#order.signal.aborted && !adopted) return await this.#giveUp(instance)
    this.#needs.watcher.watch()
    const ports = printPorts(record.outside.ports, record.protocols)
    const listens = ports.length === 0 ? '' : `, ports ${ports.join(', ')}`
    const how = adopted ? `has been running since ${record.order}` : 'runs'
    return done({
      reason,
      sentence: `${record.instance} ${how} as container ${record.container}${listens}.`,
      outputs: { ...instance.outputs(), adopted },
    })
  }
}
