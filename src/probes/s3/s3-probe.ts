/**
 * The `s3` probe: puts an object into the bucket, gets it back, compares and deletes it, and looks at
 * what the bucket and one of its objects say of themselves. Every attempt is a session of its own.
 */
import { createHash } from 'node:crypto'
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessS3, isReplicated } from './assess-s3.ts'
import { isRefused, sendCanary, type Trace, takeBack } from './canary.ts'
import type { CollectedFacts, S3Facts } from './facts.ts'
import { readS3Input, type S3Input } from './s3-input.ts'
import { S3Session, Trouble } from './s3-session.ts'

/** How long an attempt that was cut short may still take back its canary. @unit ms */
const TAKE_BACK_MS = 500

/** How many keys are remembered to be clean. */
const CLEAN_MAX = 1_000

/** Who asks. */
export interface S3ProbeOptions {
  /** What no other prober of the same bucket calls itself; part of the canary's key. */
  readonly instance: string
}

/** Asks an S3 store. */
export class S3Probe implements Probe {
  readonly kind = 's3'
  readonly #instance: string
  readonly #inUse = new Set<string>()
  readonly #traces = new Map<string, Trace>()

  constructor({ instance }: S3ProbeOptions) {
    this.#instance = instance
  }

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readS3Input(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const key = this.#takeKey(input)
    try {
      const seen = await this.#see(input, key, asking.signal)
      return assessS3(input, { ...seen, latencyMs: elapsedMs(startedMs, performance.now()) })
    } finally {
      this.#inUse.delete(key)
    }
  }

  async #see(
    input: S3Input,
    key: string,
    signal: AbortSignal,
  ): Promise<Omit<S3Facts, 'latencyMs'>> {
    const session = await S3Session.open(input, signal)
    let collected: CollectedFacts = {}
    const learn = (more: CollectedFacts): void => {
      collected = { ...collected, ...more }
    }
    try {
      const outlook = await lookAround(session, input, learn)
      if (outlook === 'pointless') return { ...session.agent.seen, ...collected }
      const trace = this.#traces.get(key) ?? 'unknown'
      await sendCanary({ session, key, trace, report: (canary) => learn({ canary }) })
      if (outlook instanceof Trouble) throw outlook
    } catch (thrown) {
      if (!(thrown instanceof Trouble)) throw thrown
      learn({ failure: thrown.failure })
    } finally {
      session.close()
    }
    const { canary, failure } = collected
    const isUnsure = canary?.isLeft === true && failure?.status === undefined
    if (isUnsure && (await tookBack(input, key))) learn({ canary: { ...canary, isLeft: false } })
    this.#remember(key, collected)
    return { ...session.agent.seen, ...collected }
  }

  /** The first key of this bucket that no asking under way uses: never many, always the same. */
  #takeKey(input: S3Input): string {
    const place = [this.#instance, input.endpoint?.origin ?? input.region, input.bucket]
    const digest = createHash('sha256').update(JSON.stringify(place)).digest('hex').slice(0, 24)
    for (let ordinal = 0; ; ordinal += 1) {
      const key = `${input.prefix}${digest}-${ordinal}`
      if (this.#inUse.has(key)) continue
      this.#inUse.add(key)
      return key
    }
  }

  #remember(key: string, { canary }: CollectedFacts): void {
    if (canary === undefined) return
    if (this.#traces.size >= CLEAN_MAX) this.#traces.clear()
    this.#traces.set(key, canary.isLeft === true ? 'left' : 'clean')
  }
}

/**
 * Looks without changing anything. A refused look at an object does not say why, not even whether the
 * bucket is there: the canary finds out, and the refusal counts only when the canary finds nothing.
 */
async function lookAround(
  session: S3Session,
  input: S3Input,
  learn: (facts: CollectedFacts) => void,
): Promise<'good' | 'pointless' | Trouble> {
  if (input.versioning !== undefined) {
    const versioning = await session.versioning()
    learn({ versioning })
    if (versioning !== input.versioning) return 'pointless'
  }
  if (input.replicated === undefined) return 'good'
  const found = await session.look(input.replicated).catch((thrown: unknown) => {
    if (isRefused(thrown)) return thrown
    throw thrown
  })
  if (found instanceof Trouble) return found
  const replication = found === undefined ? 'missing' : (found.replication ?? 'none')
  learn({ replication })
  return replication === 'missing' || isReplicated(replication) ? 'good' : 'pointless'
}

async function tookBack(input: S3Input, key: string): Promise<boolean> {
  const session = await S3Session.open(input, AbortSignal.timeout(TAKE_BACK_MS))
  try {
    await takeBack(session, key, 'left')
    return true
  } catch (thrown) {
    if (thrown instanceof Trouble) return false
    throw thrown
  } finally {
    session.close()
  }
}
