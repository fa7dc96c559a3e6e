/** Trials in which the daemon is killed at a chosen entry of a ramp, and another one carries on. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { isFault } from '../../src/core/fault/fault.ts'
import type { RampState } from '../../src/core/ramp/state.ts'
import type { Json } from '../../src/core/units/json.ts'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import type { RampartClient } from '../../src/server/client/client.ts'
import { findDaemon } from '../../src/server/client/connect-daemon.ts'
import { ensureDaemon } from '../../src/server/client/ensure-daemon.ts'
import type { Recorded } from '../../src/server/wire.ts'
import { openWorkspace, PROGRAM } from '../support/daemon.ts'
import { until } from '../support/until.ts'

/** The goal of a ramp. */
export type Goal = 'up' | 'down'

/** What one ramp of a trial is to do. */
export interface Leg {
  readonly goal: Goal
  /** As RAMPART_CRASH is written; absent: nothing is killed. */
  readonly crash?: string
  /** Where the next leg is to be killed: the daemon that arrives here is started so, and need not stop. */
  readonly crashNext?: string
}

/** How a leg came out. */
export interface Arrival {
  readonly state: RampState
  readonly entries: readonly Recorded[]
  /** False also when the ramp came to its end before the point was reached. */
  readonly isCrashed: boolean
}

/** Ramps one contract in a workspace of its own, killing daemons on the way. */
export class Trial {
  readonly workspace: string
  readonly #contract: Json
  /** The point at which the daemon that is there now will be killed. */
  #armed: string | undefined

  constructor(t: TestContext, contract: Json) {
    this.workspace = openWorkspace(t)
    this.#contract = contract
  }

  /** Ramps to the goal, by two daemons when the first one is killed. */
  async ramp(leg: Leg): Promise<Arrival> {
    const { goal, crash, crashNext } = leg
    const isCrashed = crash !== undefined && (await this.#rampUntilKilled(goal, crash))
    // One that was to be killed and was not is still there.
    const isThere = crash !== undefined && !isCrashed
    const client = await this.#open(isThere ? undefined : crashNext)
    try {
      const { ramps } = await client.ramps()
      const latest = ramps.find((ramp) => ramp.goal !== 'watch')
      const begun = crash !== undefined && latest?.goal === goal ? latest.ramp : undefined
      const ramp = begun ?? (await this.#openRamp(client, goal))
      const entries = await follow(client, ramp)
      const { state } = await client.ramp(ramp)
      return { state, entries, isCrashed }
    } finally {
      await client.close()
    }
  }

  /** Brings it up with a daemon that is killed while it watches; how far it was watching before. */
  async watchUntilKilled(crash: string): Promise<boolean> {
    const client = await this.#openArmed(crash)
    const { pid } = await client.daemon()
    try {
      await follow(client, await this.#openRamp(client, 'up'))
      return await until('the watching daemon is killed', () => isGone(pid), 3_000).then(
        () => true,
        () => false,
      )
    } catch (error) {
      // It may be killed while the last entries of the way up are still being told.
      if (!isFault(error, 'daemon-lost') && !isFault(error, 'daemon-absent')) throw error
      await until('the killed daemon is gone', () => isGone(pid))
      return true
    } finally {
      await client.close()
    }
  }

  /** What the daemon that serves now knows of the promises, once everything is proved. */
  async untilWatched(): Promise<readonly Recorded[]> {
    const client = await ensureDaemon({ workspace: this.workspace, program: PROGRAM })
    try {
      let ramp = ''
      await until('every promise is watched', async () => {
        const { watch } = (await client.environments())[0] ?? {}
        if (watch === undefined) return false
        ramp = watch.ramp
        const { state } = await client.ramp(ramp)
        return state.stages.every(({ phase }) => phase === 'ready')
      })
      const { entries } = await client.entries(ramp)
      return entries
    } finally {
      await client.close()
    }
  }

  /** Kills a component, and waits until the watch names it. */
  async breakAndSee(subject: string, stage: string): Promise<void> {
    const client = await ensureDaemon({ workspace: this.workspace, program: PROGRAM })
    try {
      const [environment] = await client.environments()
      const component = environment?.components.find((one) => one.subject === subject)
      process.kill(component?.pid ?? assert.fail(`${subject} runs`), 'SIGKILL')
      await until(`the watch names ${stage}`, async () => {
        const { watch } = (await client.environments())[0] ?? {}
        return watch?.broken.some((promise) => promise.stage === stage) === true
      })
    } finally {
      await client.close()
    }
  }

  /** How often each component has started, as it has written down itself. */
  starts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const name of readFileSync(join(this.workspace, 'starts'), 'utf8').trim().split('\n')) {
      counts[name] = (counts[name] ?? 0) + 1
    }
    return counts
  }

  /** What the kernel says is left. */
  assertNothingLeft(): void {
    assert.deepEqual(leftovers(this.workspace), { processes: [], ports: [] })
  }

  /** Begins a ramp with a daemon that is killed on the way. */
  async #rampUntilKilled(goal: Goal, crash: string): Promise<boolean> {
    const client = await this.#openArmed(crash)
    const { pid } = await client.daemon()
    try {
      await follow(client, await this.#openRamp(client, goal))
      return false
    } catch (error) {
      if (!isFault(error, 'daemon-lost') && !isFault(error, 'daemon-absent')) throw error
      await until('the killed daemon is gone', () => isGone(pid))
      return true
    } finally {
      await client.close()
    }
  }

  /** A daemon that will be killed there; any other one is stopped first. */
  async #openArmed(crash: string): Promise<RampartClient> {
    if (this.#armed !== crash) {
      const other = await findDaemon({ workspace: this.workspace })
      await other?.stopDaemon()
      await other?.close()
    }
    return await this.#open(crash)
  }

  /** The daemon that is there, or else one that will be killed at that point, if one is given. */
  async #open(crash: string | undefined): Promise<RampartClient> {
    this.#armed = crash
    const armed = crash === undefined ? [] : ['/usr/bin/env', `RAMPART_CRASH=${crash}`]
    const program = [...armed, ...PROGRAM]
    return await ensureDaemon({ workspace: this.workspace, program })
  }

  #openRamp(client: RampartClient, goal: Goal): Promise<string> {
    const contract = this.#contract
    return client.openRamp({ contract, directory: this.workspace, goal, settings: {}, by: 'me' })
  }
}

/** The sequences at which a batch ends: the points at which a crash can happen. */
export function batchEnds(entries: readonly Recorded[]): readonly number[] {
  const heard = /^(ramp\.opened|condition\.answered|command\.answered|clock\.ticked)$/
  const begins = entries.filter(({ entry }) => heard.test(entry.type))
  return [...begins.slice(1).map(({ sequence }) => sequence - 1), entries.length]
}

async function follow(client: RampartClient, ramp: string): Promise<readonly Recorded[]> {
  const entries: Recorded[] = []
  for await (const event of client.stream(ramp)) {
    if (event.type === 'entry') entries.push(event.recorded)
  }
  return entries
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
