/** One question to Envoy's admin door, and its answer. Only questions: that door could also end Envoy. */
import { get, type IncomingMessage } from 'node:http'
import { Fault } from '../../core/fault/fault.ts'

const ANSWER_MS = 5_000

/** What has more than this is not read to its end: thousands of clusters are far below it. @unit bytes */
const ANSWER_BYTES_MAX = 64 * 1_048_576

/**
 * Asks for JSON.
 *
 * @param door `127.0.0.1:9901`, or the path of a socket
 * @throws data-plane-failed when Envoy is not there, or does not answer as it should
 */
export async function askEnvoy(door: string, path: string): Promise<unknown> {
  try {
    return JSON.parse(await readAnswer(door, path))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const hint = `Envoy cannot be asked anything: ${why}; look at \`admin\` in its configuration.`
    const code = 'data-plane-failed'
    throw new Fault({ code, operation: `GET ${path}`, subject: door, hint, cause })
  }
}

async function readAnswer(door: string, path: string): Promise<string> {
  const response = await respond(door, path)
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > ANSWER_BYTES_MAX) throw new UnfitEnvoy('its answer is too long')
    pieces.push(piece)
  }
  const text = Buffer.concat(pieces).toString()
  if (response.statusCode === 200) return text
  throw new UnfitEnvoy(`it answered ${response.statusCode}: ${text.slice(0, 200).trim()}`)
}

function respond(door: string, path: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const url = `http://${door.startsWith('/') ? 'envoy' : door}${path}`
  const signal = AbortSignal.timeout(ANSWER_MS)
  const place = door.startsWith('/') ? { socketPath: door } : {}
  get(url, { ...place, agent: false, signal }, resolve).on('error', (error) => {
    reject(signal.aborted ? new UnfitEnvoy('it did not answer in time') : error)
  })
  return promise
}

class UnfitEnvoy extends Error {}
