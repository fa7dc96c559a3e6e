/** What is still running or listening of a workspace, measured from the kernel and nothing else. */
import type { Kernel } from './kernel/kernel.ts'
import { openKernel } from './kernel/open-kernel.ts'

/** Processes that carry the workspace's mark, and the ports they listen on. */
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
  const processes: Leftovers['processes'][number][] = []
  for (const { pid } of kernel.processes()) {
    const variables = kernel.variables(pid)
    if (variables?.get('RAMPART_WORKSPACE') !== workspace) continue
    // The program that asks may itself have been started by a component.
    if (pid === process.pid) continue
    const subject = variables.get('RAMPART_SUBJECT') ?? ''
    processes.push({ pid, command: kernel.command(pid), subject })
  }
  return { processes, ports: kernel.listenersOf(processes.map(({ pid }) => pid)) }
}
