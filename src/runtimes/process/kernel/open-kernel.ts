/** Chooses how to ask the operating system. */
import { existsSync } from 'node:fs'
import type { Kernel } from './kernel.ts'
import { LinuxKernel } from './linux.ts'
import { PsKernel } from './ps.ts'

/** The kernel of this machine: /proc where there is one, `ps` elsewhere. */
export function openKernel(): Kernel {
  return existsSync('/proc/self/stat') ? new LinuxKernel() : new PsKernel()
}
