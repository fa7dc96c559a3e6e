/** Messages that are put into a queue of RabbitMQ until more wait than may, and taken out again. */
import type { ConfirmChannel, GetMessage } from 'amqplib'
import type { JsonObject } from '../core/units/json.ts'
import type { Backlog, Filling } from './backlog.ts'

/** By which a message is known to be put in by a proof. */
const MARK = 'x-rampart-prove'

/** How many are added at a time while consumers take them ahead. */
const BATCH = 100
const BATCHES_MAX = 20

/** What a condition promises of how little waits. */
export function rabbitmqBacklogs(
  input: JsonObject,
): readonly (Backlog & { readonly count: number })[] {
  const { queue, waiting, unacknowledged } = input
  return [
    ...(waiting === undefined ? [] : [waitingTooMany(input, Number(waiting) + 1)]),
    ...(unacknowledged === undefined ? [] : [unanswered(input, Number(unacknowledged) + 1)]),
  ].map((backlog) => ({ ...backlog, name: `${backlog.name} ${String(queue)}` }))
}

function waitingTooMany(input: JsonObject, count: number): Backlog & { readonly count: number } {
  return {
    name: `${count} messages wait in the queue`,
    reasons: ['backlog'],
    count,
    fill: () =>
      fillQueue(input, async (line) => {
        await line.publish(count)
        // Those that consumers take ahead do not wait.
        for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
          if ((await line.countReady()) >= count) return undefined
          await line.publish(BATCH)
        }
        return 'its consumers take ahead whatever comes, or the queue keeps no more'
      }),
  }
}

function unanswered(input: JsonObject, count: number): Backlog & { readonly count: number } {
  return {
    name: `${count} messages are taken and not acknowledged of the queue`,
    reasons: ['unacknowledged'],
    count,
    fill: () =>
      fillQueue(input, async (line) => {
        await line.publish(count)
        await line.takeAll()
        return undefined
      }),
  }
}

/** @returns why it could not be filled, of `fill` */
async function fillQueue(
  input: JsonObject,
  fill: (line: QueueLine) => Promise<string | undefined>,
): Promise<Filling> {
  const line = await QueueLine.open(input)
  const empty = (): Promise<void> => line.empty()
  try {
    const failed = await fill(line)
    return failed === undefined ? { empty } : { failed, empty }
  } catch (error) {
    await empty()
    throw error
  }
}

/** A connection that puts messages into one queue, and takes its own out again. */
class QueueLine {
  readonly #channel: ConfirmChannel
  readonly #close: () => Promise<void>
  readonly #input: JsonObject
  readonly #queue: string
  readonly #taken: GetMessage[] = []

  private constructor(channel: ConfirmChannel, close: () => Promise<void>, input: JsonObject) {
    this.#channel = channel
    this.#close = close
    this.#input = input
    this.#queue = String(input['queue'])
  }

  static async open(input: JsonObject): Promise<QueueLine> {
    const { connect } = await import('amqplib')
    // The server was found to be of the copy, so any certificate will do.
    const connection = await connect(String(input['url']), { rejectUnauthorized: false })
    connection.on('error', () => 'Whoever waits for an answer is told.')
    const channel = await connection.createConfirmChannel()
    channel.on('error', () => 'Whoever waits for an answer is told.')
    return new QueueLine(channel, () => connection.close(), input)
  }

  async publish(count: number): Promise<void> {
    const canary = (this.#input['canary'] ?? {}) as JsonObject
    const { payload = '{}', headers = {} } = canary
    const marked = { ...(headers as JsonObject), [MARK]: '1' }
    for (let index = 0; index < count; index += 1) {
      this.#channel.sendToQueue(this.#queue, Buffer.from(String(payload)), { headers: marked })
    }
    await this.#channel.waitForConfirms()
  }

  async countReady(): Promise<number> {
    return (await this.#channel.checkQueue(this.#queue)).messageCount
  }

  async takeAll(): Promise<void> {
    for (;;) {
      const message = await this.#channel.get(this.#queue)
      if (message === false) return
      this.#taken.push(message)
    }
  }

  /** Others' messages go back to where they were. */
  async empty(): Promise<void> {
    try {
      await this.takeAll()
      for (const message of this.#taken.splice(0)) {
        if (message.properties.headers?.[MARK] === undefined) this.#channel.nack(message)
        else this.#channel.ack(message)
      }
      await this.#channel.close()
    } finally {
      await this.#close()
    }
  }
}
