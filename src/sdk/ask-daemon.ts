/** Asks the daemon of the workspace that this process is in, over its Unix socket. */
import { readFileSync } from 'node:fs'
import { type IncomingMessage, request as requestOf } from 'node:http'
import { dirname, join, resolve } from 'node:path'
import { FAULT_CODES, type FaultCodeName } from '../core/fault/codes.ts'
import { Fault } from '../core/fault/fault.ts'

const ANSWER_MS = 10_000

/** What is asked. */
export interface DaemonQuestion {
  readonly socket: string
  readonly method: 'POST' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  /** Whoever has not answered in full by then is not waited for. @unit ms @default 10000 */
  readonly withinMs?: number
}

/**
 * The socket of the daemon whose workspace is the folder, or the nearest one above it.
 *
 * @throws daemon-absent when there is none
 */
export function findDaemonSocket(from: string): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const socket = readSocket(join(folder, '.rampart/daemon.json'))
    if (socket !== undefined) return socket
    if (dirname(folder) === folder) throw absent(resolve(from))
  }
}

/**
 * The answer, read as JSON.
 *
 * @throws the daemon's own fault; daemon-absent when nobody answers, daemon-unready when it takes too long
 */
export async function askDaemon(question: DaemonQuestion): Promise<unknown> {
  const { socket, method, path, body, withinMs = ANSWER_MS } = question
  const bytes = body === undefined ? undefined : JSON.stringify(body)
  const headers = bytes === undefined ? {} : { 'content-type': 'application/json' }
  const response = await new Promise<IncomingMessage>((fulfil, reject) => {
    const signal = AbortSignal.timeout(withinMs)
    const options = { socketPath: socket, method, path, headers, agent: false, signal }
    const request = requestOf(options, fulfil)
    request.on('error', (cause) => reject(unanswered(socket, cause)))
    request.end(bytes)
  })
  const text = await textOf(socket, response)
  if ((response.statusCode ?? 500) >= 300) throw faultOf(question, text)
  return text === '' ? undefined : JSON.parse(text)
}

/** @throws daemon-absent, daemon-unready when the daemon ends or stops in the middle of its answer */
async function textOf(socket: string, response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  try {
    for await (const piece of response) pieces.push(piece as Buffer)
  } catch (cause) {
    throw unanswered(socket, cause)
  }
  return Buffer.concat(pieces).toString()
}

function readSocket(file: string): string | undefined {
  try {
    const told: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const isTold = typeof told === 'object' && told !== null && 'socket' in told
    return isTold && typeof told.socket === 'string' ? told.socket : undefined
  } catch {
    // Absent, or torn by a loss of power: either way no daemon can be found by it.
    return undefined
  }
}

function unanswered(subject: string, cause: unknown): Fault {
  const isLate = cause instanceof Error && cause.name === 'AbortError'
  if (!isLate) return absent(subject, cause)
  return new Fault({
    code: 'daemon-unready',
    operation: 'ask the daemon',
    subject,
    hint: 'It takes too long to answer.',
    cause,
  })
}

function absent(subject: string, cause?: unknown): Fault {
  return new Fault({
    code: 'daemon-absent',
    operation: 'ask the daemon',
    subject,
    hint: 'No daemon is running for this workspace; `rampart ports run -- COMMAND` starts one.',
    cause,
  })
}

/** What a problem says, as the fault that it was there. */
function faultOf({ method, path }: DaemonQuestion, text: string): Fault {
  const told = parse(text)
  const code = String(told['code'] ?? '')
  return new Fault({
    code: isCode(code) ? code : 'ports-unavailable',
    operation: `${method} ${path}`,
    subject: String(told['subject'] ?? 'the daemon'),
    hint: String(told['hint'] ?? told['detail'] ?? text.slice(0, 500)),
  })
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const told: unknown = JSON.parse(text)
    return typeof told === 'object' && told !== null ? { ...told } : {}
  } catch {
    // Then the text itself is what is told.
    return {}
  }
}

function isCode(code: string): code is FaultCodeName {
  return Object.hasOwn(FAULT_CODES, code)
}
