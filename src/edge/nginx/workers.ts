/** The workers of an nginx, as the kernel shows them: nginx writes into its title what each one does. */
import type { KernelProcesses } from '../../seams/kernel-processes.ts'

/** One worker, and not the next process with its number. */
export interface NginxWorker {
  readonly pid: number
  readonly started: string
  /** It accepts nothing more, and ends once what it has is answered. */
  readonly isEnding: boolean
}

/** Those that live now. */
export function workersOf(kernel: KernelProcesses, master: number): readonly NginxWorker[] {
  return kernel
    .processes()
    .filter(({ parentPid }) => parentPid === master)
    .flatMap(({ pid, started }) => {
      const title = kernel.command(pid)
      if (!title.startsWith('nginx: worker process')) return []
      return [{ pid, started, isEnding: title.includes('shutting down') }]
    })
}
