/**
 * Carries a WebSocket: the request to become one goes to a backend like any other, and only when that
 * has agreed are the two connections joined. One that was declined is over, so that nobody can speak
 * to the backend past this front.
 */
import { type ClientRequest, type IncomingMessage, request as requestOf } from 'node:http'
import type { Socket } from 'node:net'
import { dial } from './dial.ts'
import { fieldsOfRequest, fieldsThatGoOn, hasBody, reasonOf } from './http-fields.ts'
import { breakOff, joinSockets } from './join-sockets.ts'
import { type Objection, objectionTo } from './objection.ts'
import { countUntilClosed, type FrontParts } from './tcp-front.ts'

/** A request to become a WebSocket, with what came behind it. */
export interface UpgradeRequest {
  readonly request: IncomingMessage
  readonly socket: Socket
  readonly head: Buffer
}

/** Carries one WebSocket to a backend of the front. */
export async function carryUpgrade(
  parts: FrontParts,
  { request, socket: near, head }: UpgradeRequest,
): Promise<void> {
  const objection = bodyOf(request) ?? (await objectionTo(parts, request))
  if (objection !== undefined) {
    refuse(near, objection)
    return
  }
  const isGone = (): boolean => near.destroyed
  const reached = await parts.pool.reach(({ backend }) => dial(backend), isGone)
  if (reached === undefined) {
    refuse(near, { status: 503, sentence: 'nobody who serves this could be reached in time' })
    return
  }
  const { backend, value: far } = reached
  if (isGone()) {
    backend.inFlight -= 1
    far.destroy()
    return
  }
  countUntilClosed(backend, near, far)
  const certificate = parts.certificates?.of(near)?.field
  settle(askOn(request, far, certificate), { near, far, head })
}

/** What is behind its head would be the body's for one end and the WebSocket's for the other. */
function bodyOf(request: IncomingMessage): Objection | undefined {
  if (request.method === 'GET' && !hasBody(request)) return undefined
  return { status: 400, sentence: 'a request for a WebSocket is a GET without a body' }
}

function askOn(request: IncomingMessage, far: Socket, certificate?: string): ClientRequest {
  const fields = fieldsOfRequest(request, certificate)
  fields.push('Connection', 'Upgrade', 'Upgrade', 'websocket')
  const { url: path } = request
  const options = { createConnection: () => far, path, headers: fields, setHost: false }
  return requestOf(options as never)
}

function settle(
  outgoing: ClientRequest,
  { near, far, head }: { readonly near: Socket; readonly far: Socket; readonly head: Buffer },
): void {
  let isAnswered = false
  // A client that goes before the answer takes the question with it.
  const forget = (): void => void outgoing.destroy()
  near.once('close', forget)
  outgoing.once('upgrade', (incoming, _, first) => {
    isAnswered = true
    near.removeListener('close', forget)
    const { upgrade = 'websocket' } = incoming.headers
    near.write(headOf(incoming, ['Connection', 'Upgrade', 'Upgrade', upgrade]), 'latin1')
    near.write(first)
    far.write(head)
    joinSockets(near, far)
  })
  outgoing.once('response', (incoming) => {
    isAnswered = true
    near.write(headOf(incoming, ['Connection', 'close']), 'latin1')
    incoming.on('data', (piece: Buffer) => {
      if (near.write(piece)) return
      incoming.pause()
      near.once('drain', () => incoming.resume())
    })
    incoming.once('end', () => near.destroySoon())
    incoming.once('error', () => breakOff(near))
    incoming.once('close', () => far.destroy())
  })
  outgoing.on('error', () => {
    far.destroy()
    if (isAnswered) breakOff(near)
    else refuse(near, { status: 502, sentence: 'the connection to the backend broke' })
  })
  outgoing.end()
}

function headOf(incoming: IncomingMessage, more: readonly string[]): string {
  const fields = [...fieldsThatGoOn(incoming.rawHeaders, false), ...more]
  const lines = [`HTTP/1.1 ${incoming.statusCode} ${reasonOf(incoming)}`]
  for (let at = 0; at < fields.length; at += 2) lines.push(`${fields[at]}: ${fields[at + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

function refuse(near: Socket, { status, sentence }: Objection): void {
  const text = `${sentence}\n`
  const fields = `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}`
  near.write(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n${fields}\r\n\r\n${text}`)
  near.destroySoon()
}
