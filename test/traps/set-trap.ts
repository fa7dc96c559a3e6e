/**
 * Sets a trap in a folder: its port, its databases, the server that is in its way, and the record of
 * the truth. Whoever walks into it, Rampart or another, finds the same program with the same variables.
 */
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from '../support/free-port.ts'
import type { Trap, TrapPlace } from './trap.ts'

/** A trap that is set. */
export interface SetTrap {
  readonly trap: Trap
  readonly folder: string
  readonly place: TrapPlace
  /** Its program and arguments. */
  readonly command: readonly string[]
  /** The variables of its program, but for the port when the contract allocates it. */
  readonly env: Readonly<Record<string, string>>
  /** Since when it is really ready, as far as it has got. @unit ms since 1970 */
  readySinceMs(): number | undefined
  /** Takes away what is not the program's own. */
  close(): Promise<void>
}

/** Where a trap is to be set. */
export interface Ground {
  readonly folder: string
  /** The superuser's URL of a PostgreSQL server with `wal_level=logical`. */
  readonly postgresUrl: string
  /** The port; by default a free one. */
  readonly port?: string
  /** How long it stays a trap. @default 1500 @unit ms */
  readonly trapMs?: number
  /** What its databases' names begin with, so that several may set the same trap. */
  readonly prefix?: string
}

/** Sets a trap; the program is not started. */
export async function setTrap(trap: Trap, ground: Ground): Promise<SetTrap> {
  const folder = join(ground.folder, trap.name)
  mkdirSync(folder, { recursive: true })
  const occupied = trap.isOccupied === true
  const port = occupied ? undefined : ground.port
  const number = port ?? String(await freePort())
  const names = (trap.databases ?? []).map((name) => `${ground.prefix ?? ''}${name}`)
  const place = { port: number, databases: await makeDatabases(ground.postgresUrl, names) }
  const stale = occupied ? await startStaleServer(Number(number)) : undefined
  const truth = join(folder, 'truth')
  const data = mkdtempSync(join(tmpdir(), 'rampart-trap-'))
  // A database's server runs as a user of its own when the tests run as root.
  chmodSync(data, 0o711)
  const trapMs = String(ground.trapMs ?? 1_500)
  const variables = { PORT: number, TRUTH: truth, TRAP_MS: trapMs, DATA: join(data, 'data') }
  return {
    trap,
    folder,
    place,
    command: [process.execPath, join(import.meta.dirname, 'programs', `${trap.program}.ts`)],
    env: { ...variables, ...trap.env?.(place) },
    readySinceMs: () => readTruth(truth),
    close: async () => {
      await closeServer(stale)
      rmSync(data, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function makeDatabases(server: string, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return []
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  for (const name of names) await client.query(`create database ${name}`)
  await client.end()
  return names.map((name) => Object.assign(new URL(server), { pathname: name }).href)
}

/** A server of an earlier run: answers as the new one would, until it is asked to leave. */
async function startStaleServer(port: number): Promise<Server> {
  const server = createServer((request, response) => {
    response.writeHead(200, { connection: 'close' }).end('the shop')
    if (request.url === '/leave') server.close()
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function closeServer(server: Server | undefined): Promise<void> {
  if (server === undefined || !server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

function readTruth(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
