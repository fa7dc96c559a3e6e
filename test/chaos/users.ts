/**
 * The people of the storm: each opens ramps one after the other at any replica, says words to them, and
 * tries again as anybody would when a replica is gone, slow, or not sure what became of it.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { chaosContract, type Work } from './chaos-contract.ts'

/** How long somebody waits for an answer before asking another replica. @unit ms */
const PATIENCE_MS = 15_000

/** What users need. */
export interface UsersOptions {
  readonly servers: readonly string[]
  readonly token: string
  /** The folder of the components. */
  readonly directory: string
  /** Whether a ramp is seen to have ended, by somebody who looks into the database. */
  hasEnded(ramp: string): boolean
  /** From 0 to below 1. */
  chance(): number
  /** How long jobs take, at most. @unit s */
  readonly jobSeconds: number
}

/** What users have seen. */
export interface UsersSeen {
  /** Ramps of which a replica said that they are open. */
  readonly acknowledged: Set<string>
  words: number
  /** Ramps that held until somebody on call let them go on. */
  readonly rescued: Set<string>
  /** Requests that were tried again. */
  retries: number
  /** Answers that nobody should get: neither success nor anything that a retry mends. */
  readonly refusals: string[]
}

interface Answer {
  readonly status: number
  readonly body: {
    readonly ramp?: string
    readonly code?: string
    readonly ramps?: { ramp: string }[]
  }
}

/** Users until the storm is over. */
export class Users {
  readonly seen: UsersSeen = {
    acknowledged: new Set(),
    rescued: new Set(),
    words: 0,
    retries: 0,
    refusals: [],
  }
  readonly #options: UsersOptions
  #isOver = false

  constructor(options: UsersOptions) {
    this.#options = options
  }

  /** No new contracts from now on; what is under way is brought to its end. */
  endSoon(): void {
    this.#isOver = true
  }

  /** One user: contracts of its own, one after the other, each brought to its end. */
  async work(user: number): Promise<void> {
    for (let turn = 0; turn === 0 || !this.#isOver; turn += 1) {
      const name = `c${user}x${turn}`
      const work = this.#choose(user + turn)
      await this.#bring(name, work, 'up')
      if (work.stays) await this.#bring(name, work, 'down')
    }
  }

  /** Somebody on call lets a ramp go on that holds for want of a person. */
  async rescue(ramp: string): Promise<void> {
    this.seen.rescued.add(ramp)
    await this.#say(ramp, { say: 'resume', why: 'look again' })
  }

  async #bring(name: string, work: Work, goal: 'up' | 'down'): Promise<void> {
    const { hasEnded, chance } = this.#options
    const ramp = await this.#open(name, work, goal)
    const isSpokenTo = goal === 'up' && chance() < 0.3
    if (isSpokenTo) await this.#speakTo(ramp)
    while (!hasEnded(ramp)) await delay(200)
    // What was watched for a while is taken down after that, and not at once.
    if (goal === 'up' && work.stays) await delay(chance() * 5_000)
  }

  #choose(number: number): Work {
    const { jobSeconds, chance } = this.#options
    const jobs = 1 + Math.floor(chance() * 3)
    const seconds = Array.from({ length: jobs }, () => 1 + Math.ceil(chance() * jobSeconds))
    return { jobsSeconds: seconds, stays: number % 4 === 0 }
  }

  /** Opens a ramp at any replica, until one says that it is open. */
  async #open(name: string, work: Work, goal: 'up' | 'down'): Promise<string> {
    const { directory } = this.#options
    const contract = chaosContract(name, work)
    const body = { contract, directory, goal, settings: {}, by: 'user' }
    const key = randomUUID()
    for (;;) {
      const answer = await this.#ask('POST', '/v1/ramps', body, key)
      const { ramp } = answer?.body ?? {}
      if (answer?.status === 201 && ramp !== undefined) {
        this.seen.acknowledged.add(ramp)
        return ramp
      }
      if (answer !== undefined && answer.status < 500 && answer.status !== 409) {
        this.seen.refusals.push(`open ${name}: ${JSON.stringify(answer)}`)
      }
      // It may have got through although nobody said so.
      const found = await this.#findOpened(name, goal)
      if (found !== undefined) return found
      this.seen.retries += 1
      await delay(300 + this.#options.chance() * 700)
    }
  }

  async #findOpened(name: string, goal: string): Promise<string | undefined> {
    const answer = await this.#ask('GET', `/v1/ramps?limit=5&contract=${name}`)
    return answer?.body.ramps?.find(({ ramp }) => ramp.startsWith(`${name}-${goal}-`))?.ramp
  }

  /** Holds it a while, or has it taken back. */
  async #speakTo(ramp: string): Promise<void> {
    const { chance } = this.#options
    await delay(chance() * 4_000)
    if (chance() < 0.2) return this.#say(ramp, { say: 'abort', undo: true, why: 'not wanted' })
    await this.#say(ramp, { say: 'hold', why: 'wait' })
    await delay(chance() * 4_000)
    await this.#say(ramp, { say: 'resume', why: 'go on' })
  }

  /** Says a word at any replica, until one has heard it or the ramp has ended. */
  async #say(ramp: string, word: object): Promise<void> {
    const key = randomUUID()
    while (!this.#options.hasEnded(ramp)) {
      const answer = await this.#ask('POST', `/v1/ramps/${ramp}/words`, { by: 'user', word }, key)
      if (answer !== undefined && answer.status < 500) {
        if (answer.status === 200) this.seen.words += 1
        else if (![404, 409, 422].includes(answer.status)) {
          this.seen.refusals.push(`say to ${ramp}: ${JSON.stringify(answer)}`)
        }
        // A replica may not know a ramp yet that another one has just opened; and who asks again with
        // the same key while the first request is still being carried out has no answer yet.
        const isLater = answer.status === 404 || answer.body.code === 'request-under-way'
        if (!isLater) return
      }
      this.seen.retries += 1
      await delay(300 + this.#options.chance() * 700)
    }
  }

  /** Undefined when nobody answered. */
  async #ask(
    method: string,
    path: string,
    body?: object,
    key: string = randomUUID(),
  ): Promise<Answer | undefined> {
    const { servers, token, chance } = this.#options
    const server = servers[Math.floor(chance() * servers.length)] ?? ''
    try {
      const response = await fetch(`${server}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'idempotency-key': key }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      return { status: response.status, body: (await response.json()) as Answer['body'] }
    } catch {
      return undefined
    }
  }
}
