/** A real MariaDB for tests: its own data folder, its own free port, gone when removed. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Connection, createConnection } from 'mysql2/promise'
import { freePort } from './free-port.ts'

/** A server that can be started, stopped and started again on its port, with its data. */
export interface MariadbServer {
  readonly port: number
  /** Of the user `admin`, who may do everything. */
  readonly url: string
  /** Starts it; settles at once, before it accepts. */
  start(): void
  /** A session of `admin`, as soon as there can be one. */
  connect(): Promise<Connection>
  /** Ends it at once. */
  stop(): Promise<void>
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

const PASSWORD = 'swordfish'

/** Makes a server without starting it. */
export async function makeMariadb(...flags: readonly string[]): Promise<MariadbServer> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'rampart-mariadb-'))
  const data = join(folder, 'data')
  const user = process.getuid?.() === 0 ? ['--user=mysql'] : []
  // The server runs as a user of its own when the tests run as root.
  await chmod(folder, 0o777)
  // A server that starts removes what others keep in the folder for temporary tables.
  const env = { ...process.env, TMPDIR: folder }
  await promisify(execFile)(
    'mariadb-install-db',
    [
      ...['--no-defaults', `--datadir=${data}`, ...user],
      ...['--auth-root-authentication-method=normal', '--skip-test-db'],
    ],
    { env },
  )
  let child: ChildProcess | undefined
  const stop = async (): Promise<void> => {
    const ended = child
    child = undefined
    ended?.kill('SIGKILL')
    if (ended?.exitCode === null && ended.signalCode === null) await once(ended, 'exit')
  }
  const start = (): void => {
    const own = [`--datadir=${data}`, `--socket=${join(folder, 'socket')}`, `--port=${port}`]
    const small = ['--innodb-buffer-pool-size=16M', '--innodb-flush-log-at-trx-commit=0']
    const here = ['--bind-address=127.0.0.1', `--pid-file=${join(folder, 'pid')}`, ...user]
    const all = ['--no-defaults', ...own, ...here, ...small, ...flags]
    child = spawn('mariadbd', all, { stdio: 'ignore', env })
  }
  return {
    port,
    url: `mysql://admin:${PASSWORD}@127.0.0.1:${port}/shop`,
    start,
    connect: () => connectAsAdmin(port, join(folder, 'socket')),
    stop,
    remove: async () => {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A new server has only `root`, without a password and on its socket. */
async function connectAsAdmin(port: number, socketPath: string): Promise<Connection> {
  const root = await patiently(() => createConnection({ socketPath, user: 'root' }))
  await root.query('set sql_log_bin = 0')
  await root.query('create database if not exists shop')
  await root.query(`grant all on *.* to admin@'%' identified by '${PASSWORD}' with grant option`)
  await root.end()
  return await createConnection({
    host: '127.0.0.1',
    port,
    user: 'admin',
    password: PASSWORD,
    database: 'shop',
    multipleStatements: true,
  })
}

async function patiently(open: () => Promise<Connection>): Promise<Connection> {
  const giveUpMs = performance.now() + 60_000
  for (;;) {
    try {
      return await open()
    } catch (thrown) {
      if (performance.now() > giveUpMs) throw thrown
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
