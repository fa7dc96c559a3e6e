/**
 * A Redis that still loads its data: once everything is killed, something answers in the place of each
 * that conditions ask, as a Redis does that was just started with much to read. It accepts, and it says
 * PONG to nobody. No real one is made to load, since it would have to be restarted with other data.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { serverOf } from './own-server.ts'
import type { PromisedCondition, Promises } from './promises.ts'
import type { Sighting } from './proof.ts'
import { noticedFrom } from './sighting.ts'
import type { Trial } from './trial.ts'

const PORT = 6379
const REFUSAL = '-LOADING Redis is loading the dataset in memory\r\n'
const INFO = 'redis_version:7.0.0\r\nrole:master\r\nloading:1\r\nloading_loaded_perc:12.00\r\n'

/** The first word of a command, as clients write it. */
const COMMAND = /\*\d+\r\n\$\d+\r\n(\w+)\r\n/g

/** A Redis of the copy, and who asks it. */
export interface AskedRedis {
  readonly port: number
  readonly stage: string
  readonly asking: readonly PromisedCondition[]
}

/** Which Redis the conditions ask, as long as it is up. */
export async function askedRedises(
  trial: Trial,
  { conditions }: Promises,
): Promise<readonly AskedRedis[]> {
  const found = new Map<number, AskedRedis>()
  for (const promised of conditions) {
    if (promised.probe !== 'redis') continue
    const input = await trial.inputOf(promised.stage, promised.condition)
    const url = input.ok ? String(input.value['url']) : ''
    const stage = await serverOf(trial, url, PORT)
    if (stage === undefined || !url.startsWith('redis:')) continue
    const port = Number(new URL(url).port || PORT)
    const asking = [...(found.get(port)?.asking ?? []), promised]
    found.set(port, { port, stage, asking })
  }
  return [...found.values()]
}

/** Lets each of them say that it loads, now that they are killed. */
export async function loadForever(
  trial: Trial,
  redises: readonly AskedRedis[],
  withinMs: number,
): Promise<readonly Sighting[]> {
  const sightings: Sighting[] = []
  for (const { port, stage, asking } of redises) {
    const fault = `${stage} still loads its data`
    const server = await openLoading(port)
    if (server === undefined) {
      const untried = `its port ${port} is not free`
      sightings.push({ fault, mustNotice: asking, noticed: [], untried, stillBroken: [] })
      continue
    }
    try {
      const due = { mustNotice: asking, reasons: ['loading'] }
      const told = await noticedFrom(trial, due, performance.now(), withinMs)
      sightings.push({ fault, mustNotice: asking, ...told, stillBroken: [] })
    } finally {
      server.close()
    }
  }
  return sightings
}

async function openLoading(port: number): Promise<{ close(): void } | undefined> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    let heard = ''
    socket.setEncoding('latin1').on('data', (text: string) => {
      heard += text
      if (!heard.endsWith('\r\n')) return
      for (const [, command = ''] of heard.matchAll(COMMAND)) socket.write(answerTo(command))
      heard = ''
    })
  })
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return undefined
  }
  return {
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Even a Redis that loads says how far it has come, and lets people sign in. */
function answerTo(command: string): string {
  const name = command.toUpperCase()
  if (name === 'INFO') return `$${INFO.length}\r\n${INFO}\r\n`
  return ['AUTH', 'SELECT', 'CLIENT', 'HELLO'].includes(name) ? '+OK\r\n' : REFUSAL
}
