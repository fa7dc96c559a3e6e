/**
 * Queues, streams and topics whose workers do nothing. Everything of the copy but the server is held where
 * it stands, so that connections stay while nobody works; then more is put into it than may wait.
 * What was put in is taken out again before anybody goes on.
 */
import type { Injected, InjectedFault } from './fault.ts'
import { holdAllBut } from './hold.ts'
import { FOREIGN, serverOf } from './own-server.ts'
import type { PromisedCondition } from './promises.ts'
import type { Trial } from './trial.ts'

/** More than this is never put into anything, whatever a contract allows to wait. */
export const FILL_MAX = 20_000

/** Where work waits. */
export interface WorkPlace {
  readonly promised: PromisedCondition
  /** Of its server. */
  readonly url: string
  readonly usualPort: number
}

/** Something that was put in. */
export interface Filling {
  /** Why less waits than must; absent: it is full. */
  readonly failed?: string
  /** Takes it out again, and lets go of the server. */
  empty(): Promise<void>
}

/** One way to have too much of something. */
export interface Backlog {
  /** As a sentence would go on: `11 jobs wait in the queue mail`. */
  readonly name: string
  /** By which the condition tells of it; absent: any. */
  readonly reasons?: readonly string[]
  fill(): Promise<Filling>
}

/** Connections stay, and nobody works: what a canary is sent for. */
export function idleFault(place: WorkPlace): InjectedFault {
  return {
    name: `nobody works on what ${place.promised.stage} asks about`,
    mustNotice: [place.promised],
    inject: (trial) => holdClients(trial, place),
  }
}

/** Too much waits, and nobody works. */
export function backlogFault(place: WorkPlace, { name, reasons, fill }: Backlog): InjectedFault {
  return {
    name: `${name} for ${place.promised.stage}`,
    mustNotice: [place.promised],
    ...(reasons === undefined ? {} : { reasons }),
    inject: async (trial) => {
      const held = await holdClients(trial, place, true)
      if ('untried' in held) return held
      try {
        return await filled(await fill(), held.heal)
      } catch (error) {
        await held.heal()
        throw error
      }
    },
  }
}

async function filled({ failed, empty }: Filling, letGo: () => Promise<void>): Promise<Injected> {
  if (failed === undefined) {
    const heal = async (): Promise<void> => {
      try {
        await empty()
      } finally {
        await letGo()
      }
    }
    return { heal }
  }
  await empty()
  await letGo()
  return { untried: failed }
}

async function holdClients(
  trial: Trial,
  { url, usualPort }: WorkPlace,
  mayBeNone = false,
): Promise<Injected> {
  const server = await serverOf(trial, url, usualPort)
  if (server === undefined) return { untried: FOREIGN }
  const isAlone = trial.running().every(({ name }) => name === server)
  if (isAlone && !mayBeNone) return { untried: 'nobody of the copy could be its worker' }
  return await holdAllBut(trial, server)
}
