/** A relay in front of a real server, at which a test cuts the network: at once, or without a word. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A relay that listens. */
export interface TcpRelay {
  readonly port: number
  /** Ends every connection, and refuses new ones until `restore`. */
  cut(): void
  /** Passes nothing on any more, in neither direction, and says so to nobody, until `restore`. */
  hush(): void
  /** Calls back before each piece from the client is passed on; it may cut. */
  watch(onPiece: ((piece: Buffer) => void) | undefined): void
  restore(): void
  stop(): Promise<void>
}

type State = 'open' | 'cut' | 'hushed'

/** Starts one in front of a port of this machine. */
export async function startTcpRelay(target: number): Promise<TcpRelay> {
  let state: State = 'open'
  let onPiece: ((piece: Buffer) => void) | undefined
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    if (state === 'cut') {
      near.destroy()
      return
    }
    const far = connect(target, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      // An end that is cut off is what the test is about.
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.on('data', (piece) => {
        if (one === near) onPiece?.(piece)
        if (state === 'open' && !other.destroyed) other.write(piece)
      })
    }
  })
  const destroyAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      state = 'cut'
      destroyAll()
    },
    hush: () => {
      state = 'hushed'
    },
    watch: (callback) => {
      onPiece = callback
    },
    restore: () => {
      // What was hushed has lost bytes; nothing sensible can follow on the same connection.
      if (state === 'hushed') destroyAll()
      state = 'open'
    },
    stop: async () => {
      destroyAll()
      server.close()
      await once(server, 'close')
    },
  }
}
