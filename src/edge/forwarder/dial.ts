/** Connects to a backend, or fails while nothing has been sent to it. */
import { connect, type Socket } from 'node:net'
import type { Backend } from '../../seams/data-plane.ts'

/** How long a backend may take to accept. @unit ms */
export const CONNECT_MS = 3_000

/** An open connection that allows either end to finish first. */
export function dial({ address, port }: Backend): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true })
    socket.setTimeout(CONNECT_MS, () => socket.destroy(new DialTimeout()))
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.removeListener('error', reject)
      resolve(socket)
    })
  })
}

/** Nobody has accepted in that time. */
export class DialTimeout extends Error {
  constructor() {
    super('nobody accepted in time')
  }
}
