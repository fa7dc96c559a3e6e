/** The seam to the kernel's word on processes, for those who judge who listens on a port. */

/** A living process. One that has ended but was not yet reaped (a zombie) counts as gone. */
export interface KernelProcess {
  readonly pid: number
  readonly parentPid: number
  readonly groupId: number
  /** Equal to `groupId` where the system does not tell sessions. */
  readonly sessionId: number
  /** When it started, in the system's own words; with the pid and the boot id it is unique. */
  readonly started: string
}

/** Asks about processes. Every answer is true of one instant only. */
export interface KernelProcesses {
  /** Another one after every boot of the machine. */
  bootId(): string
  /** Undefined when it is gone. */
  process(pid: number): KernelProcess | undefined
  /** Every living process that may be seen. */
  processes(): readonly KernelProcess[]
  /** Its command line, for people; empty when it is gone. */
  command(pid: number): string
}
