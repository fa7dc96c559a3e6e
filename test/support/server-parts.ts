/**
 * What a server is put together from, all of it in memory: the real engine over a real ledger, and a
 * world in which processes start at once and run for as long as nobody says otherwise.
 */
import { tmpdir } from 'node:os'
import { SystemClock } from '../../src/clock/system-clock.ts'
import type { CommandAnswer } from '../../src/core/entry/entry.ts'
import type { Answer } from '../../src/core/plan/verdict.ts'
import type { JsonObject } from '../../src/core/units/json.ts'
import { CelExpressions } from '../../src/daemon/daemon-expressions.ts'
import { Engine } from '../../src/engine/engine.ts'
import { MemoryLedger } from '../../src/ledger/memory/memory-ledger.ts'
import { SystemRandom } from '../../src/random/system-random.ts'
import { MemoryRecords } from '../../src/records/memory/memory-records.ts'
import type { RampSettings } from '../../src/seams/settings.ts'
import type { ServerParts } from '../../src/server/parts.ts'

/** A world that a test may change while it lasts. */
export class SmallWorld {
  /** How every process answers. */
  running: Answer['verdict'] = 'passed'
  readonly kept: Map<string, RampSettings> = new Map()
  readonly orders: JsonObject[] = []

  answer(): Answer {
    const verdict = this.running
    return { verdict, outlook: 'notYet', reason: verdict, sentence: `It ${verdict}.`, evidence: {} }
  }
}

/** Parts, and what a test may look at. */
export interface SmallServer {
  readonly parts: ServerParts
  readonly world: SmallWorld
  /** What was reported as a bug of ours. */
  readonly troubles: unknown[]
}

const DONE: CommandAnswer = {
  verdict: 'done',
  reason: 'spawned',
  sentence: 'It was started.',
  outputs: { instance: 'shop/api#1' },
  retryable: false,
}

/**
 * Puts them together. The engine is not started, and whoever starts it closes it.
 *
 * @param ledger that of another one, for two that share a store
 */
export function makeServerParts(
  workspace: string = tmpdir(),
  ledger: MemoryLedger = new MemoryLedger(),
): SmallServer {
  const world = new SmallWorld()
  const clock = new SystemClock()
  const settings = {
    keep: async (ramp: string, kept: RampSettings) => void world.kept.set(ramp, kept),
    load: async (ramp: string) => world.kept.get(ramp),
  }
  const run = async (order: { readonly input: JsonObject }): Promise<CommandAnswer> => {
    world.orders.push(order.input)
    return DONE
  }
  const engine = new Engine({
    clock,
    random: new SystemRandom(),
    ledger,
    probes: [{ kind: 'exit', ask: async () => world.answer() }],
    actuators: [{ name: 'process', run }],
    expressions: new CelExpressions(),
    settings,
  })
  const troubles: unknown[] = []
  const parts: ServerParts = {
    identity: { pid: process.pid, version: '1.2.3', workspace, startedAtMs: 1, hasDoors: false },
    clock,
    random: new SystemRandom(),
    engine,
    ledger,
    settings,
    records: new MemoryRecords(clock),
    localUser: 'me',
    components: {
      list: () => [],
      logs: async function* () {},
      leftovers: () => ({ processes: [], ports: [] }),
    },
    stop: () => undefined,
    onTrouble: (error) => void troubles.push(error),
  }
  return { parts, world, troubles }
}
