/** Who listens on this machine now, for `rampart ports scan --live`. */
import type { Listener } from '../../scan/judge/taken-now.ts'
import type { KernelProcesses } from '../../seams/kernel-processes.ts'

/** How much of a command line is told of. @unit characters */
const COMMAND_MAX = 60

/** Every listener; undefined where the system does not tell. */
export function listenersOf(kernel: KernelProcesses): readonly Listener[] | undefined {
  const rows = (['tcp', 'udp'] as const).map((protocol) => kernel.listening(protocol))
  if (rows.every((some) => some === undefined)) return undefined
  const sockets = rows.flatMap((some) => some ?? [])
  const holders = kernel.holders(new Set(sockets.map(({ inode }) => inode)), kernel.pids())
  return sockets.map(({ protocol, address, port, inode }) => {
    const [pid] = holders.get(inode) ?? []
    if (pid === undefined) return { protocol, address, port }
    return { protocol, address, port, who: `process ${pid} (${shortened(kernel.command(pid))})` }
  })
}

function shortened(command: string): string {
  const line = command.replaceAll(/\s+/g, ' ').trim()
  return line.length <= COMMAND_MAX ? line : `${line.slice(0, COMMAND_MAX - 1)}…`
}
