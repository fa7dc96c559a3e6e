/**
 * One session with a cluster: the brokers that it needs, each connected to once, all gone when it is
 * closed. What a broker advertises is connected to, as every other client would.
 */
import type { listOffsetsV9, metadataV12 } from '@platformatic/kafka'
import type { Destination } from '../connection/open-connection.ts'
import { Broker } from './broker.ts'
import type { KafkaInput } from './kafka-input.ts'
import { KafkaTrouble, responseOf } from './trouble.ts'

type Library = typeof import('@platformatic/kafka')
type ListOffsetsResponse = listOffsetsV9.ListOffsetsResponse

/** What brokers tell of themselves and of topics. */
export type MetadataResponse = metadataV12.MetadataResponse

/** One topic of it. */
export type TopicMetadata = metadataV12.MetadataResponseTopic

/** The latest offset, in the words of the protocol. */
const LATEST = -1n

/** A session; close it. */
export class KafkaSession {
  readonly library: Library
  readonly #input: KafkaInput
  readonly #ending: AbortController
  readonly #signal: AbortSignal
  readonly #first: Broker
  readonly #brokers = new Map<string, Promise<Broker>>()
  #places: ReadonlyMap<number, Destination> = new Map()

  private constructor(library: Library, input: KafkaInput, ending: Ending, first: Broker) {
    this.library = library
    this.#input = input
    this.#ending = ending.controller
    this.#signal = ending.signal
    this.#first = first
  }

  /** Signs in to the first of the brokers that answers. @throws KafkaTrouble of the first one named */
  static async open(input: KafkaInput, signal: AbortSignal): Promise<KafkaSession> {
    const controller = new AbortController()
    const ending = { controller, signal: AbortSignal.any([signal, controller.signal]) }
    const opening = input.brokers.map((broker) => Broker.open(broker, input, ending.signal))
    try {
      const first = await Promise.any(opening)
      return new KafkaSession(await import('@platformatic/kafka'), input, ending, first)
    } catch (thrown) {
      controller.abort()
      throw thrown instanceof AggregateError ? mostTelling(thrown.errors) : thrown
    }
  }

  /** Ends every connection. */
  close(): void {
    this.#ending.abort()
  }

  /** What the brokers tell of themselves and of some topics; of no topic when none is named. */
  async describe(topics: readonly string[]): Promise<MetadataResponse> {
    const { metadataV12, metadataV11, metadataV10 } = this.library
    const apis = [metadataV12.api, metadataV11.api, metadataV10.api]
    const asked = { doing: 'describe the cluster', apis, mend: responseOf<MetadataResponse> }
    const response = await this.#first.ask(asked, [...topics], false, false)
    this.#places = new Map(
      response.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]),
    )
    return response
  }

  /** A broker by its number. */
  async broker(nodeId: number): Promise<Broker> {
    const place = this.#places.get(nodeId)
    if (place === undefined) {
      const broker = `broker ${nodeId}`
      throw new KafkaTrouble({ code: 'BROKER_NOT_AVAILABLE', doing: 'connect', broker })
    }
    return await this.#open(place)
  }

  /** The broker that coordinates a group. */
  async coordinator(group: string): Promise<Broker> {
    const { findCoordinatorV6, findCoordinatorV5, findCoordinatorV4 } = this.library
    const apis = [findCoordinatorV6.api, findCoordinatorV5.api, findCoordinatorV4.api]
    const doing = 'find the coordinator of the group'
    const { coordinators } = await this.#first.ask({ doing, apis }, 0, [group])
    const [found] = coordinators
    if (found === undefined || found.port < 1) {
      const broker = this.#first.shown
      throw new KafkaTrouble({ code: 'COORDINATOR_NOT_AVAILABLE', doing, broker })
    }
    return await this.#open({ host: found.host, port: found.port })
  }

  /** The end of partitions that one broker leads. */
  async latestOffsets(
    leader: number,
    topic: string,
    partitions: readonly number[],
  ): Promise<ReadonlyMap<number, bigint>> {
    const { listOffsetsV9, listOffsetsV8, listOffsetsV7, listOffsetsV6 } = this.library
    const apis = [listOffsetsV9.api, listOffsetsV8.api, listOffsetsV7.api, listOffsetsV6.api]
    const wanted = partitions.map((partitionIndex) => ({
      partitionIndex,
      currentLeaderEpoch: -1,
      timestamp: LATEST,
    }))
    const broker = await this.broker(leader)
    const asked = { doing: `find the end of ${topic}`, apis }
    const response: ListOffsetsResponse = await broker.ask(asked, -1, 0, [
      { name: topic, partitions: wanted },
    ])
    const found = response.topics.flatMap((one) => one.partitions)
    return new Map(found.map(({ partitionIndex, offset }) => [partitionIndex, offset]))
  }

  #open(place: Destination): Promise<Broker> {
    const key = `${place.host}:${place.port}`
    if (key === this.#first.shown) return Promise.resolve(this.#first)
    const opening = this.#brokers.get(key) ?? Broker.open(place, this.#input, this.#signal)
    this.#brokers.set(key, opening)
    return opening
  }
}

interface Ending {
  readonly controller: AbortController
  readonly signal: AbortSignal
}

/** Whoever answered and refused says more than whoever did not answer. */
function mostTelling(errors: readonly unknown[]): unknown {
  const refused = errors.find(
    (error) => error instanceof KafkaTrouble && error.failure.code.includes('SASL'),
  )
  return refused ?? errors[0]
}
