/**
 * The `grpc` probe: what does a server say of its own health, by grpc.health.v1? Asked by Watch, whose
 * first message is the status as it is; a server that has only Check is asked by that. Every attempt
 * has a connection of its own. Between attempts a stream is held, and tells when to ask again.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessGrpc, type CallOutcome, type GrpcFacts } from './assess-grpc.ts'
import { type GrpcInput, readGrpcInput } from './grpc-input.ts'
import { type HealthMethod, type HealthSession, openHealthSession } from './health-session.ts'
import { HeldStream } from './held-stream.ts'

/** Asks servers of gRPC. */
export class GrpcProbe implements Probe {
  readonly kind = 'grpc'

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readGrpcInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const seen = await askServer(input, asking.signal)
    return assessGrpc(input, { ...seen, latencyMs: elapsedMs(startedMs, performance.now()) })
  }

  watch(asking: Asking, changed: () => void): () => void {
    const reader = new InputReader(asking.input)
    const input = readGrpcInput(reader)
    if (reader.mistake !== undefined) return () => undefined
    const stream = new HeldStream(input, changed)
    return () => stream.close()
  }
}

async function askServer(
  input: GrpcInput,
  signal: AbortSignal,
): Promise<Omit<GrpcFacts, 'latencyMs'>> {
  const { session, ...opened } = await openHealthSession(input, signal)
  if (session === undefined) return opened
  const watched = await askHealth(session, 'Watch', signal)
  const isUnknown = 'code' in watched && watched.code === 'UNIMPLEMENTED'
  const outcome = isUnknown ? await askHealth(session, 'Check', signal) : watched
  session.close()
  return { ...opened, outcome }
}

/** The first status, or how the call ended without one. */
function askHealth(
  session: HealthSession,
  method: HealthMethod,
  signal: AbortSignal,
): Promise<CallOutcome> {
  return new Promise((resolve) => {
    const settle = (outcome: CallOutcome): void => {
      signal.removeEventListener('abort', abort)
      resolve(outcome)
    }
    const abort = (): void => {
      session.close()
      settle({ method, code: 'TIMED_OUT', details: '' })
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    session.call(method, {
      status: (status) => settle({ method, status }),
      ended: (end) => settle({ method, ...end }),
    })
  })
}
