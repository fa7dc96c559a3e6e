/**
 * Joins two connections: what one sends the other gets, no faster than it takes it; the end of one
 * direction leaves the other open; a broken connection breaks its partner, so that nobody takes half
 * an answer for a whole one.
 */
import type { Socket } from 'node:net'

/** Joins, until both are closed. */
export function joinSockets(near: Socket, far: Socket): void {
  const join = (one: Socket, other: Socket): void => {
    one.pipe(other)
    one.on('error', () => breakOff(other))
    one.once('close', (hadError: boolean) => {
      if (hadError || !one.readableEnded) breakOff(other)
    })
  }
  join(near, far)
  join(far, near)
}

/** What TLS is spoken on: only that can be reset, and only then the other side knows. */
const beneath = new WeakMap<Socket, Socket>()

/** Says on which connection this one is spoken. */
export function speakOn(socket: Socket, below: Socket): void {
  beneath.set(socket, below)
}

/**
 * Ends a connection so that its other side knows it is not whole. One whose end was already announced
 * is only closed: Node would mark it as closing, fail to reset it, and never let go of it.
 */
export function breakOff(socket: Socket): void {
  if (socket.destroyed) return
  const below = beneath.get(socket)
  if (socket.writableEnded) socket.destroy()
  else if (below === undefined) socket.resetAndDestroy()
  // Within a callback of what is spoken on it Node would not survive that.
  else setImmediate(() => below.destroyed || below.resetAndDestroy())
}
