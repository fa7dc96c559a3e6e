/** How long each of us takes to notice, one trial at a time: a server that flips, a line, an end. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, watch } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ArmedFlip, FlipServer } from './measure/flip-server.ts'
import { monotonicMs } from './measure/monotonic.ts'
import { Pipe } from './measure/pipe.ts'
import { planOf, type Workbench } from './measure/workbench.ts'

/** One trial: something becomes so after a while, and somebody notices. */
export interface Noticed {
  /** From becoming so until it was noticed; for Rampart until that is on the disk. @unit ms */
  readonly latencyMs: number
  /** From becoming so until the probe answered; only for Rampart. @unit ms */
  readonly answeredMs?: number
  /** How often the server was asked before it flipped. */
  readonly requests?: number
}

/** Runs one trial in which it becomes so after `delayMs`. */
export type Trial = (delayMs: number) => Promise<Noticed>

const waitOn = createRequire(import.meta.url)('wait-on') as (options: {
  readonly resources: readonly string[]
  readonly interval?: number
}) => Promise<void>

/** wait-on, called from a program. */
export function waitOnTrial(server: FlipServer, intervalMs?: number): Trial {
  const resources = [server.url.replace('http://', 'http-get://')]
  const options = intervalMs === undefined ? { resources } : { resources, interval: intervalMs }
  return async (delayMs) => {
    const flip = await server.arm(delayMs)
    await waitOn(options)
    return await since(flip, monotonicMs())
  }
}

/** Rampart's engine and its `http` probe. */
export function httpTrial(bench: Workbench, server: FlipServer, every: object = {}): Trial {
  const condition = { http: { url: server.url }, ...every }
  return async (delayMs) => {
    const name = nextName()
    const plan = planOf(name, { web: { ready: [condition] } })
    const decided = decision(bench, name, 'stage.ready')
    const flip = await server.arm(delayMs)
    await bench.open(plan)
    const { atMs, answeredAtMs } = await decided
    const noticed = await since(flip, atMs)
    return { ...noticed, answeredMs: noticed.latencyMs - (atMs - answeredAtMs) }
  }
}

const ANNOUNCER = join(import.meta.dirname, 'programs/announcer.ts')

/** The floor of every push: a line in a file, heard of by `fs.watch` and read, with nothing behind it. */
export function watchTrial(folder: string): Trial {
  return async (delayMs) => {
    const path = join(folder, nextName())
    const out = openSync(path, 'a')
    const child = spawn(process.execPath, [ANNOUNCER, String(delayMs)], {
      stdio: ['ignore', out, 'ignore'],
    })
    closeSync(out)
    const { promise, resolve } = Promise.withResolvers<number>()
    const watcher = watch(path, () => {
      const [, atMs] = readFileSync(path, 'utf8').split(' ')
      if (atMs !== undefined) resolve(monotonicMs() - Number(atMs))
    })
    const latencyMs = await promise
    watcher.close()
    await once(child, 'exit')
    return { latencyMs }
  }
}

/** Rampart's engine and its `log` probe. */
export function logTrial(bench: Workbench): Trial {
  return async (delayMs) => {
    const name = nextName()
    const run = { command: [process.execPath, ANNOUNCER, delayMs] }
    const ready = [{ log: { pattern: 'ready (\\S+)' } }]
    const decided = decision(bench, name, 'stage.ready')
    await bench.open(planOf(name, { web: { run, ready } }))
    const { atMs, answeredAtMs, line } = await decided
    const becameMs = Number(line.split(' ')[1])
    return { latencyMs: atMs - becameMs, answeredMs: answeredAtMs - becameMs }
  }
}

/** Rampart's engine and the end of a process: well, as a one-shot's, or badly, as a crash. */
export function exitTrial(bench: Workbench, code: 0 | 3): Trial {
  return async (delayMs) => {
    const name = nextName()
    const pipe = new Pipe(join(bench.folder, name))
    const command = ['/bin/sh', '-c', `read -r line < '${pipe.path}'; exit ${code}`]
    const ready = [{ log: { pattern: 'never' } }]
    const web = code === 0 ? { run: { command, oneShot: true } } : { run: { command }, ready }
    const decided = decision(bench, name, code === 0 ? 'stage.ready' : 'stage.breached')
    const ended = bench.ended(name)
    const started = begun(bench, name)
    await bench.open(planOf(name, { web }))
    await started
    const { promise: became, resolve } = Promise.withResolvers<number>()
    setTimeout(() => resolve(pipe.wake()), delayMs)
    const { atMs, answeredAtMs } = await decided
    const becameMs = await became
    await ended
    pipe.close()
    return { latencyMs: atMs - becameMs, answeredMs: answeredAtMs - becameMs }
  }
}

interface Decision {
  readonly atMs: number
  readonly answeredAtMs: number
  readonly line: string
}

/** When a stage of a contract was decided to be ready or broken, once that is on the disk. */
function decision(
  { parts }: Workbench,
  name: string,
  type: 'stage.ready' | 'stage.breached',
): Promise<Decision> {
  const { events } = parts.engine
  let answeredAtMs = Number.NaN
  let line = ''
  const stopAnswers = events.on('question.answered', ({ ramp, answer }) => {
    if (!isOf(ramp, name)) return
    const { line: found } = answer.evidence
    if (typeof found === 'string') line = found
    answeredAtMs = monotonicMs()
  })
  return new Promise((resolve) => {
    const stop = events.on(type, ({ ramp }) => {
      if (!isOf(ramp, name)) return
      const atMs = monotonicMs()
      stop()
      stopAnswers()
      resolve({ atMs, answeredAtMs, line })
    })
  })
}

function begun({ parts }: Workbench, name: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = parts.engine.events.on('stage.started', ({ ramp }) => {
      if (!isOf(ramp, name)) return
      stop()
      resolve()
    })
  })
}

function isOf(ramp: string, name: string): boolean {
  return ramp.includes(`${name}-`)
}

async function since(flip: ArmedFlip, atMs: number): Promise<Noticed> {
  const flipped = await flip.flipped
  return { latencyMs: atMs - flipped.atMs, requests: flipped.requests }
}

let names = 0

/** Every trial has a contract of its own, so that none waits for what another has left. */
function nextName(): string {
  names += 1
  return `trial${names}x`
}
