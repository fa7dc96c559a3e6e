/**
 * The last fault: every component is killed at once, and where one had answered by HTTP something else
 * answers instead, with 200 and a body of its own, as a wrong build or a stranger on the port would.
 */
import { createServer, type Server } from 'node:http'
import type { Stage } from '../core/plan/plan.ts'
import type { PromisedCondition, Promises } from './promises.ts'
import type { Noticed, Sighting } from './proof.ts'
import { noticedFrom } from './sighting.ts'
import { signalAll } from './signal-all.ts'
import type { Trial } from './trial.ts'

/** How often a stranger must have been asked before what was said of it counts. */
const ASKED_LEAST = 2

const STRANGER = JSON.stringify({ status: 'ok', ok: true })

/** Kills everything; conditions on the process itself must tell. */
export async function crashEverything(
  trial: Trial,
  promises: Promises,
  withinMs: number,
): Promise<Sighting> {
  const mustNotice = promises.conditions.filter(({ probe }) => probe === 'exit')
  const names = trial.running().map(({ name }) => name)
  const contained = names.filter((name) => trial.isContainer(name))
  const pids = (await Promise.all(names.map((name) => trial.pidsOf(name)))).flat()
  const startedMs = performance.now()
  for (const name of contained) await trial.containers?.kill(trial.subjectOf(name))
  signalAll(pids, 'SIGKILL')
  const told = await noticedFrom(trial, { mustNotice }, startedMs, withinMs)
  return { fault: 'everything is killed', mustNotice, ...told, stillBroken: [] }
}

/** Lets strangers answer on the ports of what was killed; HTTP conditions must not be taken in. */
export async function impersonate(
  trial: Trial,
  promises: Promises,
  withinMs: number,
): Promise<readonly Sighting[]> {
  const sightings: Sighting[] = []
  for (const stage of trial.running()) {
    const asking = promises.conditions.filter(
      (one) => one.stage === stage.name && one.probe === 'http',
    )
    if (asking.length > 0) sightings.push(await impersonateOne(trial, stage, asking, withinMs))
  }
  return sightings
}

async function impersonateOne(
  trial: Trial,
  { name }: Stage,
  asking: readonly PromisedCondition[],
  withinMs: number,
): Promise<Sighting> {
  const fault = `something else answers 200 for ${name}`
  const untold = { fault, mustNotice: asking, noticed: [], stillBroken: [] }
  const paths = await pathsOf(trial, asking)
  const strangers: Stranger[] = []
  const startedMs = performance.now()
  try {
    for (const port of Object.values(await trial.portsOf(name))) {
      const stranger = await openStranger(port)
      if (stranger === undefined) return { ...untold, untried: `its port ${port} is not free` }
      strangers.push(stranger)
    }
    // Until each was asked, what is broken is only that nobody answered.
    const isAsked = (): boolean => areAsked(paths, strangers)
    await trial.lookUntil(isAsked, withinMs)
    if (!isAsked()) return { ...untold, untried: 'it was not asked in time' }
    const afterMs = Math.round(performance.now() - startedMs)
    const noticed: readonly Noticed[] = (await trial.broken())
      .filter((one) => one.stage === name && asking.some((it) => it.condition === one.condition))
      .map(({ condition, sentence }) => ({ stage: name, condition, afterMs, sentence }))
    return { ...untold, noticed }
  } finally {
    for (const { server } of strangers) {
      server.closeAllConnections()
      server.close()
    }
  }
}

/** The paths that conditions ask for, as often as there are conditions that do. */
async function pathsOf(
  trial: Trial,
  asking: readonly PromisedCondition[],
): Promise<readonly string[]> {
  const inputs = await Promise.all(
    asking.map(({ stage, condition }) => trial.inputOf(stage, condition)),
  )
  return inputs.map((input) => {
    const url = input.ok ? String(input.value['url']) : ''
    return URL.canParse(url) ? new URL(url).pathname : '/'
  })
}

/** Whether every path was asked for often enough by every condition that asks for it. */
function areAsked(paths: readonly string[], strangers: readonly Stranger[]): boolean {
  const asked = strangers.flatMap((one) => one.asked)
  return paths.every((path) => {
    const least = ASKED_LEAST * paths.filter((other) => other === path).length
    return asked.filter((other) => other === path).length >= least
  })
}

interface Stranger {
  readonly server: Server
  /** The path of every request so far. */
  readonly asked: readonly string[]
}

/** Listens in the place of one that was killed; undefined when somebody else does already. */
async function openStranger(port: number): Promise<Stranger | undefined> {
  const asked: string[] = []
  const server = createServer(({ url = '/' }, response) => {
    asked.push(new URL(url, 'http://localhost').pathname)
    response.setHeader('content-type', 'application/json')
    response.end(STRANGER)
  })
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    return { server, asked }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return undefined
  }
}
