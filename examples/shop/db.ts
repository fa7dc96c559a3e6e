/**
 * The shop's database: a real PostgreSQL server from npm, made anew at each start. The server is a
 * child of this program and stays in its process group, so that ending the group ends it as well.
 * Never listens before the database `shop` exists: whoever gets in finds everything in place.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { brokenServerSettings } from './break.ts'
import { type PostgresFiles, preparePostgresFiles } from './postgres-files.ts'
import {
  optionalSetting,
  type Program,
  portSetting,
  runProgram,
  ShopFailure,
  setting,
} from './program.ts'

/** Not waiting for the disk (fsync) loses data only when the machine dies; a demo can bear that. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=off',
  'max_connections=40',
  // Shared memory as files of the data folder: nothing stays in /dev/shm after a kill.
  'dynamic_shared_memory_type=mmap',
  // Each of these saves processes that a shop of this size does not need.
  'io_method=sync',
  'max_logical_replication_workers=3',
  'max_sync_workers_per_subscription=1',
  // What one region writes is carried to the other.
  'wal_level=logical',
  // Fewer and shorter lines in the log.
  'log_checkpoints=off',
  'log_line_prefix=',
].flatMap((line) => ['-c', line])

await runProgram('db', serve, { stopWithinMs: 4000 })

async function serve(program: Program): Promise<void> {
  const port = portSetting()
  const folder = optionalSetting('SHOP_DATA', '.shop-data')
  const keep = optionalSetting('SHOP_KEEP_DATA', 'no') === 'yes'
  const files = await preparePostgresFiles(folder, keep)
  if (!keep) program.onStop(() => files.remove())
  if (!files.isComplete) await makeDatabase(files, program)
  program.say(`starting PostgreSQL on port ${port}, data in ${files.data}`)
  const server = spawn(
    files.postgres,
    ['-D', files.data, '-p', String(port), ...SETTINGS, ...brokenServerSettings()],
    files.spawnOptions,
  )
  const ended = once(server, 'exit')
  program.onStop(() => {
    // To PostgreSQL, SIGINT means: end the sessions and shut down now.
    server.kill('SIGINT')
    return ended
  })
  const [code, signal] = await ended
  throw new ShopFailure(`PostgreSQL ended by itself (${signal ?? `code ${code}`})`)
}

/** Makes the data folder, the user `app` and the database `shop`, with no server listening. */
async function makeDatabase(files: PostgresFiles, program: Program): Promise<void> {
  program.say('making a fresh database')
  const passwordFile = files.writePrivate('password', setting('SHOP_DB_PASSWORD'))
  const flags = ['--username=app', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C']
  const speed = ['--no-sync', '--no-instructions', '--no-data-checksums', '--wal-segsize=1']
  const where = [`--pgdata=${files.data}`, `--pwfile=${passwordFile}`]
  await runTool(spawn(files.initdb, [...flags, ...speed, ...where], quiet(files)), program)
  rmSync(passwordFile)
  const single = ['--single', '-D', files.data, '-c', 'fsync=off', '-c', 'log_checkpoints=off']
  const server = spawn(files.postgres, [...single, 'template1'], quiet(files))
  server.stdin?.end('create database shop\n')
  await runTool(server, program)
  files.markComplete()
}

function quiet(files: PostgresFiles): PostgresFiles['spawnOptions'] {
  return { ...files.spawnOptions, stdio: ['pipe', 'ignore', 'pipe'] }
}

/** Waits for a program that ends by itself; takes it down with us when we are told to stop. */
async function runTool(tool: ChildProcess, program: Program): Promise<void> {
  let complaint = ''
  tool.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString()
  })
  // Closed once its own children are gone as well, since they hold its standard error.
  const ended = once(tool, 'close')
  let isRunning = true
  program.onStop(() => {
    if (!isRunning) return undefined
    tool.kill('SIGTERM')
    return ended
  })
  const [code, signal] = await ended
  isRunning = false
  if (code === 0) return
  throw new ShopFailure(`${tool.spawnfile} failed (${signal ?? `code ${code}`}): ${complaint}`)
}
