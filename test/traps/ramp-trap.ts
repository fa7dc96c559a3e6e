/** Rampart walks into a trap: by its command, its daemon, and the contract of a careful user. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInProcess } from '../support/cli.ts'
import type { SetTrap } from './set-trap.ts'
import type { Claim } from './trap.ts'

/** Long enough for a busy machine; nobody waits for it who gets ready. */
const DEADLINE = { becomes: '40s', never: '6s' } as const

/** What Rampart said, and why. */
export interface RampartClaim extends Claim {
  readonly why: string
}

/** Runs `rampart up` for a trap in its own folder of a workspace. */
export async function rampTrap(set: SetTrap, workspace: string): Promise<RampartClaim> {
  writeFileSync(join(set.folder, 'rampart.yaml'), JSON.stringify(contractOf(set)))
  const { exitCode, stdout, stderr } = await runInProcess(['up', '--json'], set.folder)
  const up = parseUp(stdout, stderr)
  const atMs = (await openedAtMs(workspace, up.ramp)) + endedAfterMs(up)
  return { is: exitCode === 0 ? 'ready' : 'failed', atMs, why: up.cause?.sentence ?? up.verdict }
}

/** Takes a trap down again. */
export async function leaveTrap(set: SetTrap): Promise<void> {
  const { exitCode, stderr } = await runInProcess(['down'], set.folder)
  if (exitCode !== 0) throw new Error(`${set.trap.name} did not go down: ${stderr}`)
}

function contractOf({ trap, place, command, env }: SetTrap): object {
  const deadline = DEADLINE[trap.truth]
  const run = {
    command,
    env,
    ...(trap.isOccupied === true ? {} : { ports: { http: {} } }),
    ...(trap.oneShot === true ? { oneShot: true } : {}),
  }
  const trapped = { run, ready: trap.ready(place), deadline }
  const proof = { needs: ['trap'], ready: trap.proof?.(place), deadline }
  const components = trap.proof === undefined ? { trap: trapped } : { trap: trapped, proof }
  const metadata = { name: trap.name }
  return {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata,
    spec: { components, watch: false },
  }
}

interface Up {
  readonly ramp: string
  readonly verdict: string
  readonly cause: { readonly sentence: string } | null
  readonly stages: readonly { readonly readyAtMs: number | null }[]
}

function parseUp(stdout: string, stderr: string): Up {
  const line = stdout.trim().split('\n').at(-1) ?? ''
  if (line === '') throw new Error(`rampart up printed nothing: ${stderr}`)
  const up = JSON.parse(line) as Up
  if (!('verdict' in up) || !('stages' in up)) throw new Error(`rampart up printed ${line}`)
  return up
}

/** The decision itself, not when the command has told it. */
function endedAfterMs({ stages }: Up): number {
  return Math.max(0, ...stages.map(({ readyAtMs }) => readyAtMs ?? 0))
}

async function openedAtMs(workspace: string, ramp: string): Promise<number> {
  const { stdout } = await runInProcess(['status', '--json'], workspace)
  const { ramps } = JSON.parse(stdout) as {
    readonly ramps: readonly { readonly ramp: string; readonly openedAtMs: number }[]
  }
  const found = ramps.find((one) => one.ramp === ramp)
  if (found === undefined) throw new Error(`status does not know ${ramp}`)
  return found.openedAtMs
}
