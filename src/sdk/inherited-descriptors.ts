/**
 * The listening sockets that a process was given by whoever started it.
 *
 * They are numbered from 3 on, `LISTEN_FDS` counts them, `LISTEN_FDNAMES` names them, separated by
 * colons, and `LISTEN_PID` says for which process they are: variables are inherited by children for
 * whom they were not meant. @source sd_listen_fds(3)
 */

/** One of them. */
export interface InheritedDescriptor {
  readonly descriptor: number
  /** Absent: whoever gave it did not name it. */
  readonly name?: string
}

const FIRST_DESCRIPTOR = 3

/** Those that are for the process of this id; none when they are for another. */
export function inheritedDescriptors(
  env: Readonly<Record<string, string | undefined>> = process.env,
  pid: number = process.pid,
): readonly InheritedDescriptor[] {
  if (Number(env['LISTEN_PID']) !== pid) return []
  const count = Number(env['LISTEN_FDS'])
  if (!Number.isInteger(count) || count < 1) return []
  const names = env['LISTEN_FDNAMES']?.split(':') ?? []
  return Array.from({ length: count }, (_, place) => {
    const descriptor = FIRST_DESCRIPTOR + place
    const name = names[place]
    return name === undefined || name === '' ? { descriptor } : { descriptor, name }
  })
}
