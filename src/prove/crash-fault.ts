/**
 * The last fault: every component is killed at once, and where one had answered by HTTP something else
 * answers instead, with 200 and a body of its own, as a wrong build or a stranger on the port would.
 */
import { createServer, type Server } from 'node:http'
import type { Stage } from '../core/plan/plan.ts'
import { signalAll } from './hang-faults.ts'
import type { PromisedCondition, Promises } from './promises.ts'
import type { Noticed, Sighting } from './proof.ts'
import { noticedFrom } from './sighting.ts'
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
  const stages = trial.running()
  const pids = (await Promise.all(stages.map(({ name }) => trial.pidsOf(name)))).flat()
  const startedMs = performance.now()
  signalAll(pids, 'SIGKILL')
  const noticed = await noticedFrom(trial, mustNotice, startedMs, withinMs)
  return { fault: 'everything is killed', mustNotice, noticed, stillBroken: [] }
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
  const ports = Object.values(await trial.portsOf(name))
  const strangers = await Promise.all(ports.map(openStranger))
  const startedMs = performance.now()
  try {
    // Until it was asked, what is broken is only that nobody answered.
    const isAsked = (): boolean => strangers.some((one) => one.asked() >= ASKED_LEAST)
    await trial.lookUntil(isAsked, withinMs)
    const broken = isAsked() ? await trial.broken() : []
    const afterMs = Math.round(performance.now() - startedMs)
    const noticed: readonly Noticed[] = broken
      .filter((one) => one.stage === name && asking.some((it) => it.condition === one.condition))
      .map(({ condition, sentence }) => ({ stage: name, condition, afterMs, sentence }))
    const fault = `something else answers 200 for ${name}`
    return { fault, mustNotice: asking, noticed, stillBroken: [] }
  } finally {
    for (const { server } of strangers) {
      server.closeAllConnections()
      server.close()
    }
  }
}

interface Stranger {
  readonly server: Server
  asked(): number
}

async function openStranger(port: number): Promise<Stranger> {
  let asked = 0
  const server = createServer((_, response) => {
    asked += 1
    response.setHeader('content-type', 'application/json')
    response.end(STRANGER)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return { server, asked: () => asked }
}
