/** Asks the broker program, and asks again when it was killed before it answered. */
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Lines } from '../../src/ports/keeper/lines.ts'
import type { Asked, BrokerAnswer } from './broker-words.ts'

const AGAIN_MS = 10
const PATIENCE_MS = 60_000

/** One client; every question is repeated until it is answered. */
export class BrokerClient {
  readonly #path: string
  #socket: Socket | undefined
  readonly #asked = new Map<number, (answer: BrokerAnswer | undefined) => void>()
  #id = 0

  constructor(path: string) {
    this.#path = path
  }

  async ask<Value>(asked: Asked): Promise<Value> {
    const untilMs = performance.now() + PATIENCE_MS
    while (performance.now() < untilMs) {
      const answer = await this.#once(asked)
      if (answer?.error !== undefined) throw new TypeError(answer.error)
      if (answer !== undefined) return answer.value as Value
      await delay(AGAIN_MS)
    }
    throw new TypeError(`no broker answers at ${this.#path}`)
  }

  close(): void {
    this.#socket?.destroy()
  }

  #once(asked: Asked): Promise<BrokerAnswer | undefined> {
    const { promise, resolve } = Promise.withResolvers<BrokerAnswer | undefined>()
    this.#id += 1
    this.#asked.set(this.#id, resolve)
    this.#connected().write(`${JSON.stringify({ id: this.#id, ...asked })}\n`)
    return promise
  }

  #connected(): Socket {
    if (this.#socket !== undefined) return this.#socket
    const socket = connect(this.#path)
    const lines = new Lines()
    socket.on('data', (chunk) => {
      for (const line of lines.take(chunk)) {
        const answer = JSON.parse(line) as BrokerAnswer
        this.#asked.get(answer.id)?.(answer)
        this.#asked.delete(answer.id)
      }
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#socket = undefined
      for (const resolve of this.#asked.values()) resolve(undefined)
      this.#asked.clear()
    })
    this.#socket = socket
    return socket
  }
}
