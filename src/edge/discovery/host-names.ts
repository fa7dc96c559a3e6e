/**
 * Which names a server of this machine may be called by. A page of the web can let its own name mean
 * a loopback address and then read what it gets from there; it cannot choose another name than its own.
 */

const OWN = /^(?:localhost|(?:[a-z0-9_-]+\.)+localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/

/** The name in a `Host` field: lower case, without port and final dot; undefined when it has none. */
export function nameOfHost(host: string | undefined): string | undefined {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:\s/@[\]]+)(?::\d{1,5})?$/.exec(host ?? '')
  return match?.[1]?.toLowerCase().replace(/\.$/, '')
}

/** Whether it is a literal address, `localhost`, or a name below that. */
export function isOwnName(name: string | undefined): boolean {
  return name !== undefined && OWN.test(name)
}
