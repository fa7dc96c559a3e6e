/** Bringing up the 14 nodes once, by each of us. Everybody runs the same shell program for a node. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { assert } from '../src/core/fault/assert.ts'
import { ensureDaemon } from '../src/server/client/ensure-daemon.ts'
import { PROGRAM } from '../test/support/daemon.ts'
import { NEEDS } from './dag-nodes.ts'
import { ROOT } from './measure/machine.ts'
import { monotonicMs } from './measure/monotonic.ts'
import { withFolder } from './measure/temporary-folder.ts'
import { planOf, type Workbench, withWorkbench } from './measure/workbench.ts'
import { type Instants, nodeCommand, type World } from './measure/world.ts'
import { rampart } from './program-cells.ts'

/** One ramp brought up. */
export interface Ramped {
  readonly totalMs: number
  readonly instants: Instants
  /** Where Rampart was when, by node; nobody else tells. */
  readonly steps?: Steps
}

/** When a node's good answer was there, its readiness on the disk, and its start asked for. @unit ms, monotonic */
export interface Steps {
  readonly answered: Map<string, number>
  readonly recorded: Map<string, number>
  readonly ordered: Map<string, number>
}

/** Brings all nodes up once. */
export type Climb = (serviceMs: Readonly<Record<string, number>>) => Promise<Ramped>

const waitOn = createRequire(import.meta.url)('wait-on') as (options: {
  readonly resources: readonly string[]
  readonly interval?: number
}) => Promise<void>

const run = promisify(execFile)

const NAMES = Object.keys(NEEDS)

/** A daemon gets its spawner ready again while nothing is asked of it. @unit ms */
const REST_MS = 500

/** What goes up and down before anything is measured. */
const SMALL = { nothing: { run: { command: ['sleep', '600'] }, ready: [{ exit: 'running' }] } }

/** Rampart: the daemon's own parts, in this process. */
export function rampartClimb(world: World, ready: (name: string) => object): Climb {
  return (serviceMs) =>
    withWorkbench(async (bench) => {
      const { folder } = bench
      const components = Object.fromEntries(
        NAMES.map((name) => {
          const run = { command: nodeCommand(folder, name) }
          return [name, { run, ready: [ready(name)], needs: NEEDS[name] }]
        }),
      )
      await warm(bench)
      const instants = await world.begin(folder, serviceMs)
      const steps = stepsOf(bench)
      const ended = bench.ended('dag')
      const beganMs = monotonicMs()
      await bench.open(planOf('dag', components))
      await ended
      const totalMs = monotonicMs() - beganMs
      steps.stop()
      const down = bench.ended('dag')
      await bench.open(planOf('dag', components, 'down'))
      await down
      return { totalMs, instants, steps: steps.steps }
    })
}

/**
 * Rampart as it is used: its daemon in a process of its own, which a fork copies less of than of this
 * one. The whole is what `rampart up` tells, from opening the ramp; the command's own start is left out.
 */
export function rampartDaemonClimb(world: World): Climb {
  return (serviceMs) =>
    withFolder(async (folder) => {
      const components = Object.fromEntries(
        NAMES.map((name) => {
          const run = { command: nodeCommand(folder, name) }
          return [name, { run, ready: [{ http: world.urlOf(name) }], needs: NEEDS[name] }]
        }),
      )
      mkdirSync(join(folder, '.rampart'))
      await (await ensureDaemon({ workspace: folder, program: PROGRAM })).close()
      writeContract(folder, 'warm', SMALL)
      await rampart(folder, 'up')
      await rampart(folder, 'down')
      writeContract(folder, 'dag', components)
      const instants = await world.begin(folder, serviceMs)
      const { stdout } = await run(process.execPath, [...PROGRAM.slice(1), 'up', '--json'], {
        cwd: folder,
      })
      const { totalMs } = JSON.parse(stdout) as { readonly totalMs: number }
      await rampart(folder, 'down')
      await rampart(folder, 'daemon', 'stop')
      return { totalMs, instants }
    })
}

function writeContract(folder: string, name: string, components: object): void {
  const [apiVersion, kind] = ['rampart/v1', 'Environment']
  const contract = { apiVersion, kind, metadata: { name }, spec: { components } }
  writeFileSync(join(folder, 'rampart.yaml'), JSON.stringify(contract))
}

/** Something small goes up and down first, as it has in every daemon that has been of use before. */
async function warm(bench: Workbench): Promise<void> {
  for (const goal of ['up', 'down']) {
    const ended = bench.ended('warm')
    await bench.open(planOf('warm', SMALL, goal))
    await ended
  }
  await delay(REST_MS)
}

function stepsOf({ parts }: Workbench): { readonly steps: Steps; stop(): void } {
  const { events } = parts.engine
  const steps: Steps = { answered: new Map(), recorded: new Map(), ordered: new Map() }
  const stops = [
    events.on('question.answered', ({ question, answer }) => {
      const isFirst = answer.verdict === 'passed' && !steps.recorded.has(question.stage)
      if (isFirst) steps.answered.set(question.stage, monotonicMs())
    }),
    events.on('stage.ready', ({ entry }) => steps.recorded.set(entry.stage, monotonicMs())),
    events.on('command.run', ({ command }) => steps.ordered.set(command.stage, monotonicMs())),
  ]
  const stop = (): void => {
    for (const stopOne of stops) stopOne()
  }
  return { steps, stop }
}

/** wait-on from a program: one call a node, for all that it needs. */
export function waitOnApiClimb(world: World, intervalMs?: number): Climb {
  const interval = intervalMs === undefined ? {} : { interval: intervalMs }
  const wait = (names: readonly string[]): Promise<void> => {
    const resources = names.map((name) => getUrl(world, name))
    return names.length === 0 ? Promise.resolve() : waitOn({ resources, ...interval })
  }
  return (serviceMs) =>
    climb(world, serviceMs, async (folder, children) => {
      const starts = Object.entries(NEEDS).map(async ([name, needs]) => {
        await wait(needs)
        children.push(start(nodeCommand(folder, name)))
      })
      await Promise.all([...starts, wait(NAMES)])
    })
}

/** wait-on on the command line: a script a node, and one that waits for all. */
export function waitOnScriptClimb(world: World, flags: string): Climb {
  const program = join(ROOT, 'node_modules/.bin/wait-on')
  const wait = (names: readonly string[]): string =>
    names.length === 0
      ? 'true'
      : `'${program}' ${flags} ${names.map((name) => getUrl(world, name)).join(' ')}`
  return (serviceMs) =>
    climb(world, serviceMs, async (folder, children) => {
      for (const [name, needs] of Object.entries(NEEDS)) {
        const script = `${wait(needs)} && exec "$@"`
        children.push(start(['/bin/sh', '-c', script, 'sh', ...nodeCommand(folder, name)]))
      }
      const last = start(['/bin/sh', '-c', wait(NAMES)])
      children.push(last)
      await once(last, 'exit')
    })
}

/**
 * process-compose as a model of its published algorithm at its fastest: a first look as soon as a node
 * is started, then one every `periodMs`; the first good answer releases what waits at once.
 */
export function periodicModelClimb(world: World, periodMs: number): Climb {
  const looksGood = async (name: string): Promise<boolean> =>
    (await fetch(world.urlOf(name))).status === 200
  return (serviceMs) =>
    climb(world, serviceMs, async (folder, children) => {
      const ready = new Map<string, Promise<void>>()
      for (const [name, needs] of Object.entries(NEEDS)) {
        const bringUp = async (): Promise<void> => {
          await Promise.all(needs.map((need) => ready.get(need)))
          children.push(start(nodeCommand(folder, name)))
          const beganMs = monotonicMs()
          for (let look = 1; !(await looksGood(name)); look += 1) {
            const pauseMs = beganMs + look * periodMs - monotonicMs()
            await new Promise((resolve) => setTimeout(resolve, Math.max(0, pauseMs)))
          }
        }
        ready.set(name, bringUp())
      }
      await Promise.all(ready.values())
    })
}

/** start-server-and-test: one node after the other, then the test. */
export function serialClimb(world: World, env: Readonly<Record<string, string>>): Climb {
  const program = join(import.meta.dirname, 'programs/one-after-another.ts')
  return (serviceMs) =>
    climb(world, serviceMs, async (folder, children) => {
      const services = NAMES.map((name) => {
        const [shell, flag, script] = nodeCommand(folder, name)
        const start = `${shell} ${flag} "${script?.replaceAll('\n', '; ')}"`
        return { start, url: getUrl(world, name) }
      })
      const tested = world.started('tested')
      const test = `echo tested > '${folder}/announced'`
      const child = start([process.execPath, program, JSON.stringify(services), test], env)
      children.push(child)
      const ended = once(child, 'exit').then(() => 'ended')
      assert((await Promise.race([tested, ended])) !== 'ended', 'the servers came up')
    })
}

async function climb(
  world: World,
  serviceMs: Readonly<Record<string, number>>,
  use: (folder: string, children: ChildProcess[]) => Promise<void>,
): Promise<Ramped> {
  return withFolder(async (folder) => {
    const children: ChildProcess[] = []
    const instants = await world.begin(folder, serviceMs)
    const beganMs = monotonicMs()
    try {
      await use(folder, children)
      return { totalMs: monotonicMs() - beganMs, instants }
    } finally {
      await Promise.all(children.map(end))
    }
  })
}

function start(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const [program = '', ...words] = command
  return spawn(program, words, {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, ...env },
  })
}

/** Ends a child with its whole group. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = once(child, 'exit')
  process.kill(-child.pid, 'SIGKILL')
  await ended
}

function getUrl(world: World, name: string): string {
  return world.urlOf(name).replace('http://', 'http-get://')
}
