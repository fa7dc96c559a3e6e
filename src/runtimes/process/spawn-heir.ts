/**
 * Has the wrapper of one start spawned by whoever holds the sockets that it inherits. It is as any
 * wrapper is: the leader of a session, dependent on nobody, and it takes the claim of its start.
 */
import { withListenPid } from '../../core/port/listen-variables.ts'
import type { InheritingStart, PortSource, StartPorts } from '../placement/port-source.ts'
import { rawFiles, SHELL, type SpawnRequest } from './spawn.ts'
import type { Spawned } from './spawner/spawned.ts'
import { WRAPPER } from './wrapper.ts'

/**
 * Spawns, and answers as soon as the system has accepted or refused.
 *
 * @throws ports-unavailable when something of it is not held any more, or the system refused
 */
export async function spawnHeir(
  { path, command, cwd, variables }: SpawnRequest,
  which: StartPorts & Pick<InheritingStart, 'inherited' | 'shared'>,
  ports: Pick<PortSource, 'inherit'>,
): Promise<Spawned> {
  const { pid, ended } = await ports.inherit({
    ...which,
    // Only the component's own shell knows its pid, which is none of the wrapper's.
    command: [SHELL, '-c', WRAPPER, path, ...withListenPid(command)],
    cwd,
    env: variables,
    ...rawFiles(path),
  })
  const end = ended.then((it) => it && { ...it, signal: it.signal as NodeJS.Signals | null })
  return { pid, isContended: false, ended: end }
}
