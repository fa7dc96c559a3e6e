/**
 * Programs of container engines that listen on this machine in a container's place, so that they are
 * not taken for thieves of its port. Podman's `conmon` holds the port while rules of the kernel lead
 * past it; Docker's proxy and those of engines without root pass on what comes.
 */

const PROGRAM =
  /^(conmon|podman|dockerd|docker-proxy|containerd-shim.*|rootlesskit.*|(containers-)?rootlessport.*|slirp4netns|passt.*|pasta.*|gvproxy|com\.docker\..*)$/

/** Whether a command line is that of such a program. */
export function isEngineProgram(command: string): boolean {
  const [program = ''] = command.trimStart().split(/\s/)
  return PROGRAM.test(program.slice(program.lastIndexOf('/') + 1))
}
