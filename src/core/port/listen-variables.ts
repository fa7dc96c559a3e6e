/**
 * How a process is told of the sockets that it inherits, from descriptor 3 on.
 *
 * @source sd_listen_fds(3)
 */

/**
 * How many sockets one process inherits at most: descriptor 9 is the wrapper's own, since a POSIX shell
 * names but those of one digit.
 */
export const SOCKETS_MAX = 6

/** One socket that is inherited. */
export interface InheritedSocket {
  /** Its name in LISTEN_FDNAMES; colons and control characters become `-`. */
  readonly name: string
}

/** The variables that can be known before the process is there; LISTEN_PID is set by `withListenPid`. */
export function listenVariables(sockets: readonly InheritedSocket[]): Record<string, string> {
  const names = sockets.map(({ name }) => name.replaceAll(/[^ -9;-~]/g, '-'))
  return { LISTEN_FDS: String(sockets.length), LISTEN_FDNAMES: names.join(':') }
}

/** The command, with LISTEN_PID set to what it becomes: the shell is replaced by it. */
export function withListenPid(command: readonly string[]): readonly string[] {
  return ['/bin/sh', '-c', 'LISTEN_PID=$$ exec "$@"', 'sh', ...command]
}

/** The variables without word of sockets, for who inherits the variables alone. */
export function withoutListening<Value>(
  variables: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  const { LISTEN_FDS: _fds, LISTEN_FDNAMES: _names, LISTEN_PID: _pid, ...others } = variables
  return others
}
