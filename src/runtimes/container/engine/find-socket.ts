/** Where a container engine listens: as the settings say, else where engines usually do. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where the engine may be asked, or a sentence on why nowhere. */
export type SocketFound =
  | { readonly path: string; readonly problem?: never }
  | { readonly path?: never; readonly problem: string }

const UNIX = /^unix:\/\/(\/.*)$/

/** Looks for the socket; a setting is taken at its word, whether anything is there or not. */
export function findSocket(settings: Readonly<Record<string, string>>): SocketFound {
  const own = settings['RAMPART_CONTAINER_SOCKET']
  if (own !== undefined && own !== '') return named(own, 'RAMPART_CONTAINER_SOCKET')
  const docker = settings['DOCKER_HOST']
  if (docker !== undefined && docker !== '') return named(docker, 'DOCKER_HOST')
  const usual = usualPlaces(settings)
  const path = usual.find((candidate) => existsSync(candidate))
  if (path !== undefined) return { path }
  return {
    problem:
      `There is no container engine at ${usual.join(', ')}: start Docker, or ` +
      '`systemctl --user start podman.socket`, or say where it is with DOCKER_HOST=unix:///path.',
  }
}

function named(value: string, setting: string): SocketFound {
  const path = UNIX.exec(value)?.[1] ?? (value.startsWith('/') ? value : undefined)
  if (path !== undefined) return { path }
  return { problem: `${setting} must be unix:///path, since ports are published on this machine.` }
}

function usualPlaces(settings: Readonly<Record<string, string>>): readonly string[] {
  const running = settings['XDG_RUNTIME_DIR']
  const home = settings['HOME']
  return [
    '/var/run/docker.sock',
    '/run/podman/podman.sock',
    ...(running === undefined
      ? []
      : [join(running, 'docker.sock'), join(running, 'podman/podman.sock')]),
    ...(home === undefined
      ? []
      : [join(home, '.docker/run/docker.sock'), join(home, '.colima/default/docker.sock')]),
  ]
}
