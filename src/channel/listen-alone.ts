/**
 * Listens on a Unix socket as the only one: leaves when another process answers there, and takes the
 * place of one that is dead. Only its owner may connect.
 */
import { chmodSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** What to do with who connects, and when another one is there already. */
export interface AloneOptions {
  readonly path: string
  serve(socket: Socket): void
  /** Another process answers at the path: there is nothing to do for this one. */
  onOther(): void
}

/** Begins to listen. An error that is not somebody else's socket ends the process. */
export function listenAlone({ path, serve, onOther }: AloneOptions): Server {
  const server = createServer(serve)
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    // Either another one answers there, or it is what a dead one left behind.
    const other = connect(path)
    other.once('connect', () => {
      other.destroy()
      onOther()
    })
    other.once('error', () => {
      rmSync(path, { force: true })
      server.listen(path)
    })
  })
  process.umask(0o077)
  server.listen(path, () => chmodSync(path, 0o600))
  return server
}
