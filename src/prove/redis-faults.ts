/**
 * Promises about what is in a Redis or Valkey, made false where it lies: keys get another name, a whole
 * database is changed for an empty one, a primary is made a replica or a replica a primary. Each is taken
 * back. Data is neither read nor thrown away: what makes a replica follows nobody, since a primary that
 * answered would have it forget all it holds.
 */
import type { JsonObject } from '../core/units/json.ts'
import { type Injected, type InjectedFault, unreadFault } from './fault.ts'
import { FOREIGN, serverOf } from './own-server.ts'
import type { PromisedCondition, Promises } from './promises.ts'
import { RedisLine } from './redis-line.ts'
import type { Trial } from './trial.ts'

const PORT = 6379

const ASIDE = ':put-aside'

/** A port of this machine where no Redis is: the one of TCPMUX. */
const NOBODY = ['127.0.0.1', '1'] as const

/** The faults that the `redis` conditions of an environment must tell of. */
export async function redisFaults(
  trial: Trial,
  promises: Promises,
): Promise<readonly InjectedFault[]> {
  const faults: InjectedFault[] = []
  for (const promised of promises.conditions) {
    if (promised.probe !== 'redis') continue
    const input = await trial.inputOf(promised.stage, promised.condition)
    if (input.ok) faults.push(...faultsFor(promised, input.value))
    else faults.push(unreadFault(promised, input.why))
  }
  return faults
}

type Undo = () => Promise<void>

interface RedisFault {
  readonly name: string
  readonly reasons: readonly string[]
  /** @returns how to undo it, or why it was not done */
  inject(redis: RedisLine): Promise<Undo | { readonly untried: string }>
}

function faultsFor(promised: PromisedCondition, input: JsonObject): readonly InjectedFault[] {
  const { keys, keyCount, sample, role } = input
  const sampled = (sample as JsonObject | undefined)?.['keys']
  const faults: readonly (RedisFault | undefined)[] = [
    Array.isArray(keys) ? keysGone('keys', keys.map(String)) : undefined,
    Array.isArray(sampled) ? keysGone('sampled keys', sampled.map(String)) : undefined,
    keyCount === undefined ? undefined : EMPTY,
    role === 'primary' ? DEMOTED : undefined,
    role === 'replica' ? PROMOTED : undefined,
    role === 'replica' ? UNLINKED : undefined,
  ]
  return faults.flatMap((fault) => (fault === undefined ? [] : [inCopy(promised, input, fault)]))
}

function inCopy(
  promised: PromisedCondition,
  input: JsonObject,
  { name, reasons, inject }: RedisFault,
): InjectedFault {
  const url = String(input['url'])
  return {
    name: `${name} for ${promised.stage}`,
    mustNotice: [promised],
    reasons,
    inject: async (trial) => {
      if ((await serverOf(trial, url, PORT)) === undefined) return { untried: FOREIGN }
      return await withLine(url, inject)
    },
  }
}

/** The line stays open until it is taken back, so that what was done can be undone by it. */
async function withLine(url: string, inject: RedisFault['inject']): Promise<Injected> {
  const line = await RedisLine.open(url)
  try {
    const undo = await inject(line)
    if (typeof undo !== 'function') {
      line.close()
      return undo
    }
    const heal = async (): Promise<void> => {
      try {
        await undo()
      } finally {
        line.close()
      }
    }
    return { heal }
  } catch (error) {
    line.close()
    throw error
  }
}

/** What comes back by itself meanwhile is newer, and stays. */
function keysGone(what: string, keys: readonly string[]): RedisFault {
  return {
    name: `the ${what} ${keys.slice(0, 3).join(', ')}${keys.length > 3 ? ', …' : ''} are gone`,
    reasons: what === 'keys' ? ['missing-keys'] : ['cold', 'missing-keys'],
    inject: async (redis) => {
      const renamed: string[] = []
      const undo = async (): Promise<void> => {
        for (const key of renamed.splice(0)) {
          const isBack = Number(await redis.ask('RENAMENX', key + ASIDE, key)) === 1
          if (!isBack) await redis.ask('DEL', key + ASIDE)
        }
      }
      try {
        for (const key of new Set(keys)) {
          if (Number(await redis.ask('EXISTS', key)) === 0) continue
          await redis.ask('RENAME', key, key + ASIDE)
          renamed.push(key)
        }
      } catch (error) {
        await undo()
        throw error
      }
      return undo
    },
  }
}

/** Changes the database for one that nobody uses. What is written into it meanwhile is dropped. */
const EMPTY: RedisFault = {
  name: 'the database is empty',
  reasons: ['too-few-keys', 'missing-keys', 'cold'],
  inject: async (redis) => {
    const used = new Set([...(await redis.info('keyspace')).keys()])
    const count = Number((await redis.config('databases')) ?? 16)
    const places = Array.from({ length: count }, (_, place) => place)
    const spare = places.find((place) => place !== redis.database && !used.has(`db${place}`))
    if (spare === undefined) return { untried: 'every database of it is in use' }
    const swap = ['SWAPDB', String(redis.database), String(spare)] as const
    await redis.ask(...swap)
    return async () => {
      await redis.ask(...swap)
      await redis.ask('SELECT', String(spare))
      await redis.ask('FLUSHDB')
    }
  },
}

const DEMOTED: RedisFault = {
  name: 'the server is a replica',
  reasons: ['wrong-role'],
  inject: async (redis) => {
    await redis.ask('REPLICAOF', ...NOBODY)
    return async () => void (await redis.ask('REPLICAOF', 'NO', 'ONE'))
  },
}

const LONE = { untried: 'it follows no primary' }

const PROMOTED: RedisFault = {
  name: 'the server is a primary',
  reasons: ['wrong-role'],
  inject: async (redis) => {
    const back = await followAgain(redis)
    if (back === undefined) return LONE
    await redis.ask('REPLICAOF', 'NO', 'ONE')
    return back
  },
}

const UNLINKED: RedisFault = {
  name: 'the server hears nothing of its primary',
  reasons: ['link-down', 'syncing'],
  inject: async (redis) => {
    const back = await followAgain(redis)
    if (back === undefined) return LONE
    await redis.ask('REPLICAOF', ...NOBODY)
    return back
  },
}

/** Undefined when it follows nobody. */
async function followAgain(redis: RedisLine): Promise<Undo | undefined> {
  const info = await redis.info('replication')
  const [host, port] = [info.get('master_host'), info.get('master_port')]
  if (host === undefined || port === undefined) return undefined
  return async () => void (await redis.ask('REPLICAOF', host, port))
}
