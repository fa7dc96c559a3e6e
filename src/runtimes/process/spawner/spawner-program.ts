/**
 * The spawner: a small process that forks for the daemon. A fork takes the longer the more memory
 * the forking process has, and stands still for it; this one has little, and nobody waits for it.
 * It knows nothing of components but what it is told, and ends when the channel to its daemon does.
 * What it has spawned goes on without it.
 */
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { rawFiles, spawnWrapper } from '../spawn.ts'
import { printScript } from './shell-script.ts'
import type { SpawnerHears, SpawnerSays } from './spawner-words.ts'
import { WaitingShells } from './waiting-shells.ts'

const shells = new WaitingShells()

process.on('disconnect', () => process.exit(0))
process.on('message', ({ id, request }: SpawnerHears) => {
  spawn(request).then(
    (child) => {
      say({ says: 'spawned', id, pid: child.pid ?? 0 })
      child.once('exit', (code, signal) => say({ says: 'ended', id, code, signal }))
    },
    // The daemon tries again itself, and so learns why.
    () => say({ says: 'refused', id }),
  )
})
shells.refillSoon()
say({ says: 'ready' })

async function spawn(request: SpawnerHears['request']): Promise<ChildProcess> {
  const script = printScript(request)
  if (script === undefined) return await spawnWrapper(request)
  const files = rawFiles(request.path)
  // Made here, since a shell would make them readable to whomever its mask lets.
  closeSync(openSync(files.out, 'a', 0o600))
  closeSync(openSync(files.err, 'a', 0o600))
  return shells.tell(script) ?? (await spawnWrapper(request))
}

function say(words: SpawnerSays): void {
  if (process.connected) process.send?.(words)
}
