/**
 * The way between two regions where the kernel cannot make one long: a relay of TCP that delays
 * everything, and stalls now and then as long as a lost packet would take to be sent again. Chance
 * comes from a seed. It never drops or changes a byte: TCP would have sent it again as well.
 */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { RandomStream } from '../simulation/simulated-random.ts'

/** What the way is like. */
export interface Way {
  /** One way. @unit ms */
  readonly delayMs: number
  /** How many of a hundred pieces are lost once. */
  readonly lossPercent: number
  readonly seed: number
}

/** Where it is entered, and where it comes out. */
export interface WayEnds {
  readonly host: string
  readonly port: number
  readonly target: { readonly host: string; readonly port: number }
}

/** A relay that runs. */
export interface SlowWay {
  /** How many pieces have been lost so far. */
  lost(): number
  /** May be called more than once. */
  close(): Promise<void>
}

/** How long TCP waits before it sends again what was lost. @source RFC 6298; Linux's least, 200 ms */
const RESEND_MS = 200

/** Starts it. */
export async function openSlowWay(way: Way, ends: WayEnds): Promise<SlowWay> {
  const random = new RandomStream(way.seed)
  const sockets = new Set<Socket>()
  let lostCount = 0
  const delayMs = (): number => {
    const isLost = random.chance(way.lossPercent)
    if (isLost) lostCount++
    return way.delayMs + (isLost ? RESEND_MS : 0)
  }
  const server = createServer((entered) => {
    const left = connect(ends.target)
    for (const socket of [entered, left]) {
      sockets.add(socket)
      socket.setNoDelay()
      socket.on('error', () => 'Its end tells the other side.')
      socket.on('close', () => sockets.delete(socket))
    }
    join(entered, left, delayMs)
    join(left, entered, delayMs)
  })
  server.listen(ends.port, ends.host)
  await once(server, 'listening')
  return {
    lost: () => lostCount,
    close: async () => {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Hands on what comes, late but in order: what follows a lost piece waits for it. */
function join(from: Socket, to: Socket, delayMs: () => number): void {
  const waiting: { readonly dueMs: number; readonly act: () => void }[] = []
  const handOn = (): void => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const leftMs = next.dueMs - performance.now()
      if (leftMs > 0) return void setTimeout(handOn, Math.ceil(leftMs))
      waiting.shift()
      next.act()
    }
  }
  const later = (act: () => void): void => {
    waiting.push({ dueMs: performance.now() + delayMs(), act })
    if (waiting.length === 1) handOn()
  }
  from.on('data', (piece) => later(() => to.write(piece)))
  from.on('end', () => later(() => to.end()))
  from.on('close', (hadError) => {
    if (hadError) later(() => to.destroy())
  })
}
