/**
 * Asks why the broker refuses a vhost. The client keeps the broker's sentence to itself, so this enters
 * once more by the bare frames of AMQP 0-9-1, reads the sentence, and leaves.
 *
 * @source https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf sections 2.2.4 and 4.2
 */
import type { Socket } from 'node:net'
import { openConnection } from '../connection/open-connection.ts'
import { secureConnection } from '../connection/secure-connection.ts'
import type { RabbitmqInput } from './rabbitmq-input.ts'
import { SessionTrouble } from './session.ts'

const METHOD_FRAME = 1
const FRAME_END = 0xce
const HEADER_BYTES = 7
/** The most that is read of what the broker says. @unit bytes */
const BYTES_MAX = 65_536
const CONNECTION = 10
const START = 10
const TUNE = 30
const CLOSE = 50

/** What the broker says when it refuses: its code and its sentence. */
export interface Refusal {
  readonly code: number
  readonly sentence: string
}

/** Asks; undefined when the broker refuses no longer, or cannot be asked. Leaves nothing open. */
export async function askRefusal(
  input: RabbitmqInput,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const { host, port, tls } = input
  const connection = await openConnection({ host, port }, signal)
  if (!connection.opened) return undefined
  const { socket } = connection
  if (!input.isSecure) return await enter(socket, input, signal)
  const secured = await secureConnection({ socket, host, tls, signal })
  return 'failure' in secured ? undefined : await enter(secured.socket, input, signal)
}

async function enter(
  socket: Socket,
  input: RabbitmqInput,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const abort = (): unknown => socket.destroy()
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  socket.on('error', () => 'It ends the reading below.')
  socket.write(Buffer.from('AMQP\0\0\x09\x01', 'latin1'))
  let heard = Buffer.alloc(0)
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      heard = Buffer.concat([heard, chunk])
      for (let frame = frameOf(heard); frame !== undefined; frame = frameOf(heard)) {
        heard = heard.subarray(HEADER_BYTES + frame.length + 1)
        const method = frame.readUInt16BE(2)
        if (method === START) socket.write(startOk(input))
        else if (method === TUNE) socket.write(Buffer.concat([tuneOk(frame), open(input)]))
        else return method === CLOSE ? readRefusal(frame) : undefined
      }
      if (heard.length > BYTES_MAX) return undefined
    }
    return undefined
  } catch {
    // Cut off or aborted: then nobody knows why.
    return undefined
  } finally {
    signal.removeEventListener('abort', abort)
    socket.destroy()
  }
}

/** The payload of the first method about the connection; undefined: it is not whole yet. */
function frameOf(heard: Buffer): Buffer | undefined {
  if (heard.length < HEADER_BYTES) return undefined
  const length = heard.readUInt32BE(3)
  if (heard.length < HEADER_BYTES + length + 1) return undefined
  const payload = heard.subarray(HEADER_BYTES, HEADER_BYTES + length)
  const isMethod = heard[0] === METHOD_FRAME && heard[HEADER_BYTES + length] === FRAME_END
  if (!isMethod || length < 4 || payload.readUInt16BE(0) !== CONNECTION)
    throw new SessionTrouble('NOT_AMQP', '')
  return payload
}

function frame(method: number, ...fields: readonly Buffer[]): Buffer {
  const payload = Buffer.concat([u16(CONNECTION), u16(method), ...fields])
  const header = Buffer.concat([Buffer.of(METHOD_FRAME), u16(0), u32(payload.length)])
  return Buffer.concat([header, payload, Buffer.of(FRAME_END)])
}

function startOk({ user, password }: RabbitmqInput): Buffer {
  const noProperties = u32(0)
  const response = Buffer.from(`\0${user}\0${password}`)
  const fields = [noProperties, short('PLAIN'), u32(response.length), response, short('en_US')]
  return frame(START + 1, ...fields)
}

/** Agrees to whatever the broker suggests, but for heartbeats. */
function tuneOk(tune: Buffer): Buffer {
  return frame(TUNE + 1, tune.subarray(4, 10), u16(0))
}

function open({ vhost }: RabbitmqInput): Buffer {
  return frame(40, short(vhost), short(''), Buffer.of(0))
}

function readRefusal(close: Buffer): Refusal {
  const length = close[6] ?? 0
  return { code: close.readUInt16BE(4), sentence: close.toString('utf8', 7, 7 + length) }
}

function short(text: string): Buffer {
  const bytes = Buffer.from(text).subarray(0, 255)
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
