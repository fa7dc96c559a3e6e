/** The processes of a file that take part, replicas written out. */
import type { ComponentDraft } from '../draft/draft.ts'
import type { ImportContext } from '../format.ts'
import type { Item } from '../source/item.ts'

/** The most replicas that are written out. */
const REPLICAS_MAX = 32

/** A process, and its components: one for each replica. */
export interface Process {
  readonly name: string
  readonly item: Item
  readonly components: readonly ComponentDraft[]
}

/** Reads every process that is not disabled. */
export function readProcesses(root: Item, context: ImportContext): readonly Process[] {
  return (root.get('processes')?.members() ?? []).flatMap(([name, item]): readonly Process[] => {
    if (item.get('disabled')?.flag() === true) {
      item.lose('it is disabled')
      return []
    }
    if (item.get('is_foreground')?.flag() === true) {
      item.lose('it wants the terminal for itself')
      return []
    }
    const replicas = item.get('replicas')
    const count = Math.min(Math.max(replicas?.count() ?? 1, 1), REPLICAS_MAX)
    if (count === REPLICAS_MAX) replicas?.note(`only ${REPLICAS_MAX} replicas are written out`)
    const isOne = count === 1
    const components = Array.from({ length: count }, (_, index) =>
      context.draft.add(isOne ? name : `${name}-${index}`, item),
    )
    return [{ name, item, components }]
  })
}

/** The number of a replica, as `PC_REPLICA_NUM` gives it. */
export function replicaOf(process: Process, component: ComponentDraft): number {
  return process.components.indexOf(component)
}
