/**
 * The canary object: put, got back, compared and deleted. Its key is the same in every attempt, so
 * that nothing piles up, and what one attempt could not take back, the next one does before it puts
 * anything: a store that refuses to delete is never given a second object.
 */
import { createHash, randomBytes } from 'node:crypto'
import { elapsedMs } from '../answer/answer.ts'
import type { CanaryFacts } from './facts.ts'
import type { FoundObject, S3Session } from './s3-session.ts'
import { Trouble } from './s3-session.ts'

/** Small enough for any store, and large enough to be told from every other. */
const BYTES = 512

/** The most versions that are taken back in one attempt. */
const VERSIONS_MAX = 20

/** What is known of the object under a key before anything is asked. */
export type Trace = 'unknown' | 'clean' | 'left'

/** Where a canary is sent, and who wants to know. */
export interface CanaryOrder {
  readonly session: S3Session
  readonly key: string
  readonly trace: Trace
  report(facts: CanaryFacts): void
}

/**
 * Sends it round once. The last facts reported hold for whether something may be left.
 *
 * @throws Trouble at the first thing that the store refuses
 */
export async function sendCanary(order: CanaryOrder): Promise<void> {
  const { session, key, report } = order
  const body = randomBytes(BYTES)
  const sha256 = createHash('sha256').update(body).digest()
  let facts: CanaryFacts = { key, bytes: BYTES, checksum: `sha256:${sha256.toString('hex')}` }
  const learn = (more: Partial<CanaryFacts>): void => {
    facts = { ...facts, ...more }
    report(facts)
  }
  if (order.trace === 'left') learn({ isLeft: true })
  if (order.trace !== 'clean') await takeBack(session, key, order.trace)
  learn({ isLeft: true })
  const versionId = await timed(
    (putMs) => learn({ putMs }),
    () => session.put(key, body, sha256),
  ).catch((thrown: unknown) => {
    if (isRefused(thrown)) report(without(facts))
    throw thrown
  })
  try {
    const back = await timed(
      (getMs) => learn({ getMs }),
      () => session.get(key),
    )
    learn({ checksumBack: `sha256:${createHash('sha256').update(back).digest('hex')}` })
  } finally {
    await timed(
      (deleteMs) => learn({ deleteMs }),
      () => session.delete(key, versionId),
    )
    report(without(facts))
  }
}

/** Deletes whatever is under the key, version by version. */
export async function takeBack(session: S3Session, key: string, trace: Trace): Promise<void> {
  for (let versions = 0; versions < VERSIONS_MAX; versions += 1) {
    const found = await lookUnlessRefused(session, key)
    if (found === 'refused' && trace === 'left') return await session.delete(key, undefined)
    if (found === undefined || found === 'refused') return
    await session.delete(key, found.versionId)
  }
}

/** Who may not list a bucket is refused a look at what is not there. */
async function lookUnlessRefused(
  session: S3Session,
  key: string,
): Promise<FoundObject | 'refused' | undefined> {
  try {
    return await session.look(key)
  } catch (thrown) {
    if (isRefused(thrown)) return 'refused'
    throw thrown
  }
}

/** Whether the store answered, and that it did nothing. */
export function isRefused(thrown: unknown): thrown is Trouble {
  const status = thrown instanceof Trouble ? (thrown.failure.status ?? 0) : 0
  return status >= 300 && status < 500
}

function without({ isLeft: _, ...facts }: CanaryFacts): CanaryFacts {
  return facts
}

async function timed<Found>(
  learn: (tookMs: number) => void,
  act: () => Promise<Found>,
): Promise<Found> {
  const startedMs = performance.now()
  const found = await act()
  learn(elapsedMs(startedMs, performance.now()))
  return found
}
