/**
 * The containers of a copy that is being proved, through the same engine that runs them. Only those that
 * carry the label of the copy's workspace are touched.
 */
import type { CopiedContainers } from '../prove/copied-containers.ts'
import { Engine } from '../runtimes/container/engine/engine.ts'
import { recordIn, subjectLabels, workspaceLabels } from '../runtimes/container/labels.ts'

/** Opens the way to them; nothing is asked before something is done. */
export function openCopiedContainers(
  workspace: string,
  settings: Readonly<Record<string, string>>,
): CopiedContainers {
  const engine = new Engine(settings)
  const each = async (
    labels: Readonly<Record<string, string>>,
    act: (container: string) => Promise<void>,
  ): Promise<number> => {
    const found = await engine.list(labels)
    for (const { id } of found) await act(id)
    return found.length
  }
  const ofSubject = (subject: string): Readonly<Record<string, string>> =>
    subjectLabels(workspace, subject)
  return {
    pause: (subject) => each(ofSubject(subject), (container) => engine.pause(container)),
    unpause: async (subject) => {
      await each(ofSubject(subject), (container) => engine.unpause(container))
    },
    kill: async (subject) => {
      await each(ofSubject(subject), (container) => engine.kill(container, 'SIGKILL'))
    },
    clearAway: async () => {
      const networks = new Set<string>()
      for (const { labels } of await engine.list(workspaceLabels(workspace))) {
        for (const network of recordIn(labels)?.networks ?? []) networks.add(network)
      }
      const count = await each(workspaceLabels(workspace), async (container) => {
        await engine.unpause(container)
        await engine.remove(container)
      })
      for (const network of networks) await engine.removeNetwork(network)
      return count
    },
    close: () => engine.close(),
  }
}
