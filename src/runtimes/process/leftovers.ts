/** What is still running or listening of a workspace, measured from the kernel and nothing else. */
import type { KernelProcess } from '../../seams/kernel-processes.ts'
import type { Kernel } from './kernel/kernel.ts'
import { openKernel } from './kernel/open-kernel.ts'

/**
 * Processes that carry the workspace's mark or descend from one that does, and the ports they listen
 * on. Descent counts because a program may write over its own mark, as PostgreSQL's sessions do.
 */
export interface Leftovers {
  readonly processes: readonly {
    readonly pid: number
    readonly command: string
    readonly subject: string
    /** The start that it is of. */
    readonly instance: string
  }[]
  readonly ports: readonly { readonly port: number; readonly pid: number }[]
}

/** Looks for everything started in `workspace` (an absolute folder), by whichever daemon. */
export function leftovers(workspace: string, kernel: Kernel = openKernel()): Leftovers {
  const all = kernel.processes()
  const marks = new Map<number, Mark>()
  for (const { pid } of all) {
    const variables = kernel.variables(pid)
    if (variables?.get('RAMPART_WORKSPACE') !== workspace) continue
    // The program that asks may itself have been started by a component.
    if (pid === process.pid) continue
    const subject = variables.get('RAMPART_SUBJECT') ?? ''
    marks.set(pid, { subject, instance: variables.get('RAMPART_INSTANCE') ?? '' })
  }
  adoptChildren(all, marks)
  const processes = [...marks].map(([pid, mark]) => ({
    pid,
    command: kernel.command(pid),
    ...mark,
  }))
  return { processes, ports: kernel.listenersOf(processes.map(({ pid }) => pid)) }
}

/** What a process was given to be found by. */
interface Mark {
  readonly subject: string
  readonly instance: string
}

/** Gives every descendant the mark of the one it descends from. */
function adoptChildren(all: readonly KernelProcess[], marks: Map<number, Mark>): void {
  let before = -1
  while (before !== marks.size) {
    before = marks.size
    for (const { pid, parentPid } of all) {
      const mark = marks.get(parentPid)
      if (mark === undefined || marks.has(pid) || pid === process.pid) continue
      marks.set(pid, mark)
    }
  }
}
