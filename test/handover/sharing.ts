/** A component whose starts share a listening socket, as tests bring it up and ask it. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { present } from '../../src/core/fault/assert.ts'
import type { PortLease } from '../../src/core/port/port-lease.ts'
import type { Json, JsonObject } from '../../src/core/units/json.ts'
import { Bench, Load, smokeBy, tinyContract, webSaying } from './ramps.ts'

const PROGRAM = fileURLToPath(new URL('fixtures/sharing-server.ts', import.meta.url))

/** What runs it: it listens on what it inherits, else on `PORT`. */
export const SHARING_SERVER: readonly string[] = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  PROGRAM,
]

/** It says so in its log. */
export const ACCEPTS: Json = { log: { pattern: '^accepts$' } }

/** What is different of it. */
export interface SharingWishes {
  readonly proof?: readonly string[] | undefined
  readonly roll?: JsonObject
  readonly ports?: JsonObject
  /** Keys beside `run`. */
  readonly more?: JsonObject
}

/** The component, saying that; and perhaps a proof of the whole. */
export function sharing(says: string, wishes: SharingWishes = {}): Json {
  const { proof, roll, ports = { http: {} }, more } = wishes
  const web = webSaying(says, {
    command: SHARING_SERVER,
    ports,
    more: {
      roll: { by: 'descriptor', drain: '10s', ...roll },
      ready: [ACCEPTS],
      ...more,
    },
  })
  return tinyContract(web, { beside: smokeBy(proof) })
}

/** Brings it up, and asks it without a pause. */
export async function loaded(
  context: TestContext,
  says = 'one',
): Promise<[Bench, Load, PortLease]> {
  const bench = new Bench(context)
  await bench.up(sharing(says))
  const lease = await leaseOf(bench)
  const load = new Load(context, lease.claim.port)
  await load.answered(says)
  return [bench, load, lease]
}

/** Its one lease: starts have none of their own. */
export async function leaseOf(bench: Bench): Promise<PortLease> {
  const leases = await bench.leases()
  assert.equal(leases.length, 1, JSON.stringify(leases))
  return present(leases[0], 'there is one')
}
