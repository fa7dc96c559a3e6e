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
  }[]
  readonly ports: readonly { readonly port: number; readonly pid: number }[]
}

/** Looks for everything started in `workspace` (an absolute folder), by whichever daemon. */
export function leftovers(workspace: string, kernel: Kernel = openKernel()): Leftovers {
  const all = kernel.processes()
  const subjects = new Map<number, string>()
  for (const { pid } of all) {
    const variables = kernel.variables(pid)
    if (variables?.get('RAMPART_WORKSPACE') !== workspace) continue
    // The program that asks may itself have been started by a component.
    if (pid !== process.pid) subjects.set(pid, variables.get('RAMPART_SUBJECT') ?? '')
  }
  adoptChildren(all, subjects)
  const processes = [...subjects].map(([pid, subject]) => ({
    pid,
    command: kernel.command(pid),
    subject,
  }))
  return { processes, ports: kernel.listenersOf(processes.map(({ pid }) => pid)) }
}

/** Gives every descendant the subject of the one it descends from. */
function adoptChildren(all: readonly KernelProcess[], subjects: Map<number, string>): void {
  let before = -1
  while (before !== subjects.size) {
    before = subjects.size
    for (const { pid, parentPid } of all) {
      const subject = subjects.get(parentPid)
      if (subject === undefined || subjects.has(pid) || pid === process.pid) continue
      subjects.set(pid, subject)
    }
  }
}
