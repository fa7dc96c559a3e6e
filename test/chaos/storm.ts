/**
 * The storm: three real replicas on one real PostgreSQL, an agent that runs the components, people who
 * open ramps and speak to them, and mischief all the while. Afterwards everything is judged from outside.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { rampart } from '../support/rampart.ts'
import { makeWorkFolder } from './chaos-contract.ts'
import {
  type EffectsJudged,
  judgeEffects,
  judgeRamps,
  type RampsJudged,
  streamsOf,
} from './check-storm.ts'
import { type Deed, type Done, Mischief } from './mischief.ts'
import { Observer, type OwnershipSeen } from './observer.ts'
import { ReadinessWatch } from './readiness-watch.ts'
import { makeReplica, RampartProcess, type Replica } from './replica-process.ts'
import { Users, type UsersSeen } from './users.ts'

/** What holds for longer than people in a storm hold anything is looked at by others. @unit ms */
const HELD_LONG_MS = 12_000

/** How bad it is to be. */
export interface StormOptions {
  /** How many ramps are under way at once. */
  readonly users: number
  readonly leaseMs: number
  readonly jobSeconds: number
  /** One after the other, and so long between them. */
  readonly deeds: readonly Deed[]
  readonly pauseMs: number
  /** Aborted: it ends at once, and nothing is left of it. */
  readonly signal?: AbortSignal
  /** How long what is under way may take to end once the storm is over. @unit ms */
  readonly calmMs: number
  log(line: string): void
}

/** What came of it. */
export interface StormResult {
  readonly ramps: RampsJudged
  readonly effects: EffectsJudged
  readonly ownership: OwnershipSeen
  readonly users: UsersSeen
  readonly done: Done
  readonly readiness: { readonly asked: number; readonly notReady: number; readonly ready: number }
  /** What `rampart ledger verify` said, and whether it agrees. */
  readonly verified: { readonly isWhole: boolean; readonly said: string }
  /** Processes that ended without being told to, and loops that stood still. */
  readonly crashes: readonly string[]
}

/** Lets one rage. Nothing of it is left afterwards, also when it fails. */
export async function rage(options: StormOptions): Promise<StormResult> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rampart-chaos-')))
  const stage = new Stage(folder, options)
  try {
    const { promise: told, reject } = Promise.withResolvers<never>()
    options.signal?.addEventListener('abort', () => reject(new Error('told to stop')))
    const played = stage.build().then(() => stage.play())
    return await Promise.race([played, told])
  } finally {
    await stage.clear()
  }
}

class Stage {
  readonly #folder: string
  readonly #options: StormOptions
  readonly #replicas: Replica[] = []
  readonly #ended = new Set<string>()
  #postgres: PostgresServer | undefined
  #observer: Observer | undefined
  #agent: RampartProcess | undefined
  #token = ''
  #isOver = false

  constructor(folder: string, options: StormOptions) {
    this.#folder = folder
    this.#options = options
  }

  async build(): Promise<void> {
    const { leaseMs, log } = this.#options
    const postgres = await startPostgres()
    this.#postgres = postgres
    const observer = new Observer(postgres.url)
    this.#observer = observer
    const keyFile = join(this.#folder, 'key')
    writeFileSync(keyFile, randomBytes(32).toString('hex'), { mode: 0o600 })
    const around = { folder: this.#folder, settings: {} }
    for (const name of ['a', 'b', 'c']) {
      const replica = await makeReplica({ name, around, database: postgres, keyFile, leaseMs })
      this.#replicas.push(replica)
      replica.process.start()
      // The first one makes the schema, in which the eye is installed before anybody writes.
      if (name === 'a') {
        await this.#untilReady(replica)
        await observer.install()
      }
    }
    for (const replica of this.#replicas) await this.#untilReady(replica)
    this.#token = await this.#tokenFor('user', ['--role', 'admin'])
    const region = 'default'
    const token = await this.#tokenFor('agent', ['--role', 'agent', '--region', region])
    const servers = this.#replicas.flatMap(({ url }) => ['--server', url])
    const settings = { RAMPART_TOKEN: token }
    this.#agent = new RampartProcess('agent', ['agent', '--region', region, ...servers], {
      ...around,
      settings,
    })
    makeWorkFolder(this.#agent.workspace)
    this.#agent.start()
    await this.#until('the agent is known', async () => (await this.#agents()) > 0, 30_000)
    log(`Three replicas and an agent are there, in ${this.#folder}.`)
  }

  async play(): Promise<StormResult> {
    const { users: count, jobSeconds, deeds, pauseMs, log } = this.#options
    const { postgres, observer, agent } = this.#built()
    const servers = this.#replicas.map(({ url }) => url)
    const users = new Users({
      servers,
      token: this.#token,
      directory: agent.workspace,
      hasEnded: (ramp) => this.#ended.has(ramp) || this.#isOver,
      chance: Math.random,
      jobSeconds,
    })
    const watching = this.#watchEnds(observer)
    const onCall = this.#onCall(observer, users)
    const readiness = new ReadinessWatch(servers)
    const working = Array.from({ length: count }, (_, user) => users.work(user))
    const allDone = Promise.all(working)
    const { leaseMs } = this.#options
    const mischief = new Mischief({ replicas: this.#replicas, postgres, leaseMs, log })
    await delay(pauseMs)
    for (const deed of deeds) {
      await mischief.act(deed)
      await delay(pauseMs)
      const underWay = await observer.unended()
      log(`${users.seen.acknowledged.size} ramps opened, ${underWay} under way`)
    }
    users.endSoon()
    log('The storm is over; what is under way is brought to its end.')
    const calm = AbortSignal.timeout(this.#options.calmMs)
    const late = new Promise<void>((resolve) => calm.addEventListener('abort', () => resolve()))
    await Promise.race([allDone, late])
    if (!calm.aborted) await this.#untilAllEnded(observer, calm)
    const ready = await readiness.stop()
    this.#isOver = true
    await Promise.all([watching, onCall, allDone])
    return await this.#judge(observer, { users: users.seen, done: mischief.done, readiness: ready })
  }

  async #judge(
    observer: Observer,
    seen: Pick<StormResult, 'users' | 'done' | 'readiness'>,
  ): Promise<StormResult> {
    const { agent } = this.#built()
    const streams = streamsOf(await observer.entries())
    await observer.uninstall()
    const workspace = this.#replicas[0]?.process.workspace ?? ''
    const { exitCode, stdout, stderr } = await rampart(
      ['ledger', 'verify', '--workspace', workspace],
      { cwd: workspace },
    )
    return {
      ...seen,
      ramps: judgeRamps(streams, seen.users.acknowledged),
      effects: judgeEffects(agent.workspace, streams),
      ownership: await observer.ownership(this.#options.leaseMs),
      verified: { isWhole: exitCode === 0, said: `${stdout}${stderr}`.trim() },
      crashes: this.#crashes(),
    }
  }

  /** Ends all of it. */
  async clear(): Promise<void> {
    this.#isOver = true
    for (const { process } of this.#replicas) process.resume()
    await Promise.all(this.#replicas.map(({ process }) => process.kill()))
    await this.#agent?.kill()
    const folders = [...this.#replicas.map(({ process }) => process), this.#agent]
    for (const one of folders) {
      for (const { pid } of one === undefined ? [] : leftovers(one.workspace).processes) kill(pid)
    }
    await Promise.all(this.#replicas.map(({ relay }) => relay.stop()))
    await this.#postgres?.stop()
    const keep = process.env['RAMPART_CHAOS_KEEP']
    if (keep !== undefined) {
      mkdirSync(keep, { recursive: true })
      for (const one of folders) {
        if (one !== undefined) writeFileSync(join(keep, `${one.name}.log`), one.words())
      }
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  #crashes(): readonly string[] {
    const all = [...this.#replicas.map(({ process }) => process), this.#agent]
    return all.flatMap((one) => {
      if (one === undefined) return []
      const ended = one.ending === undefined ? [] : [`${one.name}: ${one.ending}`]
      const bugs = one
        .words()
        .split('\n')
        .filter((line) => /by a bug|AssertionFailure|TypeError|Unhandled/.test(line))
      return [...ended, ...bugs.map((line) => `${one.name}: ${line}`)]
    })
  }

  /** Follows the ledger from outside, so that users know what has ended. */
  async #watchEnds(observer: Observer): Promise<void> {
    let position = 0
    while (!this.#isOver) {
      try {
        const found = await observer.endedSince(position)
        position = found.position
        for (const ramp of found.ramps) this.#ended.add(ramp)
      } catch {
        // The database is being restarted, as it should be.
      }
      await delay(500)
    }
  }

  /** Lets go on what holds because something failed, as people on call do. */
  async #onCall(observer: Observer, users: Users): Promise<void> {
    while (!this.#isOver) {
      try {
        const held = await observer.heldSince(HELD_LONG_MS)
        await Promise.all(held.map((ramp) => users.rescue(ramp)))
      } catch {
        // The database is being restarted, as it should be.
      }
      await delay(3_000)
    }
  }

  async #untilAllEnded(observer: Observer, calm: AbortSignal): Promise<void> {
    while (!calm.aborted) {
      if ((await observer.unended()) === 0) return
      await delay(500)
    }
  }

  async #untilReady({ url, process }: Replica): Promise<void> {
    await this.#until(
      `${process.name} is ready: ${process.logFile}`,
      async () => (await fetch(`${url}/readyz`)).ok,
      60_000,
    )
  }

  async #agents(): Promise<number> {
    const response = await fetch(`${this.#replicas[0]?.url}/v1/agents`, {
      headers: { authorization: `Bearer ${this.#token}` },
    })
    return ((await response.json()) as { agents: unknown[] }).agents.length
  }

  async #tokenFor(name: string, words: readonly string[]): Promise<string> {
    const workspace = this.#replicas[0]?.process.workspace ?? ''
    const args = ['token', 'create', name, ...words, '--workspace', workspace]
    const { stdout, stderr } = await rampart(args, { cwd: workspace })
    if (stdout.trim() === '') throw new Error(`no token for ${name}: ${stderr}`)
    return stdout.trim()
  }

  async #until(sentence: string, holds: () => Promise<boolean>, withinMs: number): Promise<void> {
    const late = AbortSignal.timeout(withinMs)
    while (!(await holds().catch(() => false))) {
      if (late.aborted)
        throw new Error(`not within ${withinMs} ms: ${sentence}\n${this.#lastWords()}`)
      await delay(100)
    }
  }

  #lastWords(): string {
    return this.#replicas.map(({ process }) => process.words().slice(-2_000)).join('\n')
  }

  #built(): { postgres: PostgresServer; observer: Observer; agent: RampartProcess } {
    const [postgres, observer, agent] = [this.#postgres, this.#observer, this.#agent]
    if (postgres === undefined || observer === undefined || agent === undefined) {
      throw new Error('the stage is not built')
    }
    return { postgres, observer, agent }
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
