/**
 * The `tcp` probe: does a port accept, and does what answers there say what it should? Every attempt
 * is a connection of its own, closed before the answer is given.
 */
import type { Socket } from 'node:net'
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import type { PortListeners } from '../../seams/processes.ts'
import { elapsedMs, malformedInput } from '../answer/answer.ts'
import { assessOwner, UNTOLD } from '../connection/assess-owner.ts'
import { openConnection } from '../connection/open-connection.ts'
import { InputReader } from '../input/input-reader.ts'
import { hasMatch } from '../pattern/pattern.ts'
import { assessTcp, printSubject } from './assess-tcp.ts'
import { readTcpInput } from './tcp-input.ts'

/** The most that is read while waiting for a banner. */
const BANNER_BYTES_MAX = 4_096

/** Connects to a port. */
export class TcpProbe implements Probe {
  readonly kind = 'tcp'
  readonly #listeners: PortListeners

  constructor(listeners: PortListeners = UNTOLD) {
    this.#listeners = listeners
  }

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readTcpInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const startedMs = performance.now()
    const connection = await openConnection(input, asking.signal)
    const { failed } = connection
    if (!connection.opened) {
      const latencyMs = elapsedMs(startedMs, performance.now())
      return assessTcp(input, { latencyMs, failed, failure: connection.code })
    }
    const { socket, address, family } = connection
    const connected = { address, family }
    if (input.send !== undefined) socket.write(input.send)
    const said =
      input.banner === undefined
        ? { failure: undefined }
        : await readBanner(socket, input.banner, asking.signal)
    close(socket)
    const latencyMs = elapsedMs(startedMs, performance.now())
    const answer = assessTcp(input, { latencyMs, failed, connected, ...defined(said) })
    if (!input.isOwned) return answer
    const stranger = assessOwner({
      listeners: this.#listeners,
      self: asking.self,
      address,
      port: input.port,
      subject: printSubject(input),
      evidence: answer.evidence,
    })
    return stranger ?? answer
  }
}

interface Said {
  readonly banner?: string
  readonly failure: string | undefined
}

/** Reads until the pattern matches, the other side has ended, or enough was read. */
function readBanner(socket: Socket, pattern: string, signal: AbortSignal): Promise<Said> {
  return new Promise((resolve) => {
    let bytes: Buffer = Buffer.alloc(0)
    const finish = (failure?: string): void => {
      signal.removeEventListener('abort', abort)
      socket.removeAllListeners('data')
      resolve({ banner: bytes.toString('utf8'), failure })
    }
    const abort = (): void => finish('ABORTED')
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    socket.once('error', () => finish('ECONNRESET'))
    socket.once('end', () => finish('ENDED'))
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]).subarray(0, BANNER_BYTES_MAX)
      if (bytes.length === BANNER_BYTES_MAX || hasMatch(pattern, bytes.toString('utf8'))) finish()
    })
  })
}

/** A reset is of no interest any more; the text that was sent is flushed first. */
function close(socket: Socket): void {
  socket.on('error', () => undefined)
  if (socket.writableLength > 0) socket.destroySoon()
  else socket.destroy()
}

function defined(said: Said): { readonly banner?: string; readonly failure?: string } {
  return {
    ...(said.banner === undefined ? {} : { banner: said.banner }),
    ...(said.failure === undefined ? {} : { failure: said.failure }),
  }
}
