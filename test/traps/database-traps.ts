/** Databases and queues that can be reached, and cannot be worked with. */
import type { Trap } from './trap.ts'

const RESOURCE = 'http://127.0.0.1:<port>/'

function replicaEnv(databases: readonly string[]): Readonly<Record<string, string>> {
  const [primary = '', replica = ''] = databases
  // A server has all slots in one list, so each is called as its database is.
  const slot = new URL(replica).pathname.slice(1)
  return { SLOT: slot, PRIMARY_URL: primary, DATABASE_URL: replica }
}

function replication([from, url]: readonly string[]): object {
  return { postgres: { url, replication: { from, lag: '2s' } }, timeout: '3s' }
}

/** Traps with a database behind them. */
export const DATABASE_TRAPS: readonly Trap[] = [
  {
    name: 'postgres-init',
    sentence: 'PostgreSQL that is up while it is made, and is restarted then',
    program: 'postgres-init',
    truth: 'becomes',
    resource: 'tcp:127.0.0.1:<port>',
    ready: ({ port }) => [
      {
        postgres: {
          url: `postgres://postgres:swordfish@127.0.0.1:${port}/postgres`,
          tables: { orders: ['id', 'total_cents'] },
        },
        holdFor: '1500ms',
      },
    ],
  },
  {
    name: 'half-migration',
    sentence: 'a migration that stopped in the middle, behind a server that answers 200',
    program: 'half-migration',
    truth: 'never',
    resource: RESOURCE,
    databases: ['half'],
    env: ({ databases: [url = ''] }) => ({ DATABASE_URL: url }),
    ready: ({ port, databases: [url] }) => [
      { http: `http://127.0.0.1:${port}/` },
      {
        postgres: {
          url,
          tables: { orders: ['id', 'status'] },
          migrations: { table: 'schema_migrations', head: '7' },
        },
      },
    ],
  },
  {
    name: 'paused-workers',
    sentence: 'workers that are connected to their queue and take nothing',
    program: 'paused-workers',
    truth: 'becomes',
    resource: RESOURCE,
    databases: ['paused'],
    env: ({ databases: [url = ''] }) => ({ DATABASE_URL: url }),
    ready: ({ databases: [url] }) => [
      {
        queue: {
          pgBoss: { url, queue: 'orders', session: 'shop worker' },
          canary: { processedWithin: '3s', by: 'worker@2' },
        },
        timeout: '8s',
      },
    ],
  },
  {
    name: 'frozen-replica',
    sentence: 'a replica that is up and stands still',
    program: 'replica',
    truth: 'never',
    resource: RESOURCE,
    databases: ['frozen_from', 'frozen'],
    env: ({ databases }) => ({ ...replicaEnv(databases), FROZEN: 'yes' }),
    ready: () => [{ log: { pattern: 'caught up' } }],
    proof: ({ databases }) => [replication(databases)],
  },
  {
    name: 'idle-primary',
    sentence: 'a replica that is up to date, with a primary on which nothing is written',
    program: 'replica',
    truth: 'becomes',
    resource: RESOURCE,
    databases: ['idle_from', 'idle'],
    env: ({ databases }) => replicaEnv(databases),
    ready: () => [{ log: { pattern: 'caught up' } }],
    proof: ({ databases }) => [replication(databases)],
  },
]
