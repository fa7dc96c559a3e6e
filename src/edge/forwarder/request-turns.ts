/**
 * The requests of one connection, one after the other: a client may send the next before it has the
 * answer, and must not have them done in another order than it asked. How many may wait is bounded.
 *
 * @source RFC 9112, section 9.3.2
 */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Whoever sends more without waiting for an answer loses its connection. */
const WAITING_MAX = 64

/** What waits for the answer that is under way, by connection; absent: none is. */
const waiting = new WeakMap<Socket, (() => void)[]>()

/** Whether a request of the connection has not been answered whole. */
export function isBusy(socket: Socket): boolean {
  return waiting.has(socket)
}

/** Begins at once, or when everything that came before on the connection is answered. */
export function inTurn(socket: Socket, response: ServerResponse, begin: () => void): void {
  const take = (): void => {
    response.once('close', () => giveTurn(socket))
    begin()
  }
  const queue = waiting.get(socket)
  if (queue === undefined) {
    waiting.set(socket, [])
    take()
  } else if (queue.length < WAITING_MAX) queue.push(take)
  else socket.destroy()
}

function giveTurn(socket: Socket): void {
  const take = socket.destroyed ? undefined : waiting.get(socket)?.shift()
  if (take === undefined) waiting.delete(socket)
  else take()
}
