/**
 * The contracts of the storm: small environments whose every start leaves its mark outside of Rampart,
 * so that what was in effect, and how often, can be counted without asking it.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a component does: one line when it begins, one when it is done, and a third if it is not alone. */
const WORK = `name=$1
seconds=$2
exec 9> "locks/$name"
if ! flock -n 9; then echo "doubled $name $RAMPART_INSTANCE" >> effects; exit 99; fi
echo "began $name $RAMPART_INSTANCE" >> effects
echo "$RAMPART_INSTANCE" > "up/$name"
sleep "$seconds" 9>&-
echo "done $name $RAMPART_INSTANCE" >> effects
`

/** How long each of the jobs of a ramp takes. @unit s */
export interface Work {
  readonly jobsSeconds: readonly number[]
  /** Whether something is to stay, to be watched, and to be taken down at last. */
  readonly stays: boolean
}

/** Makes the folder in which components run. */
export function makeWorkFolder(folder: string): void {
  for (const name of ['locks', 'up']) mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, 'work.sh'), WORK)
  writeFileSync(join(folder, 'effects'), '')
}

/** A contract: jobs one after the other, and maybe something that stays. */
export function chaosContract(name: string, { jobsSeconds, stays }: Work): object {
  const jobs = jobsSeconds.map((seconds, place) => {
    const job = `job${place}`
    const needs = place === 0 ? {} : { needs: [`job${place - 1}`] }
    const run = { command: commandOf(name, job, seconds), oneShot: true }
    return [job, { ...needs, run, ready: [{ exit: 0 }], deadline: '20m' }] as const
  })
  const stay = {
    needs: [`job${jobsSeconds.length - 1}`],
    run: { command: commandOf(name, 'stay', 86_400) },
    ready: [{ file: { path: `up/${name}.stay` } }],
    deadline: '20m',
  }
  return {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name },
    spec: {
      components: { ...Object.fromEntries(jobs), ...(stays ? { stay } : {}) },
      watch: stays ? { every: '5s' } : false,
    },
  }
}

function commandOf(contract: string, component: string, seconds: number): readonly string[] {
  return ['sh', 'work.sh', `${contract}.${component}`, String(seconds)]
}
