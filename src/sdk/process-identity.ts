/** Who this process is, so that nobody takes the next one with its number for it. */
import { readFileSync } from 'node:fs'
import type { ProcessIdentity } from '../core/port/port-lease.ts'

/**
 * Undefined where the system does not tell it in files.
 *
 * @source proc_pid_stat(5): the start time is field 22, and fields are counted after the last `)`
 */
export function identifyThisProcess(): ProcessIdentity | undefined {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8')
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return started === undefined ? undefined : { pid: process.pid, started, bootId }
  } catch {
    // Without /proc there is no such file: then it cannot be told here.
    return undefined
  }
}
