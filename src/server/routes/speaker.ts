/** In whose name something is done. */
import type { FastifyRequest } from 'fastify'

/**
 * The name that goes into the ledger: that of whoever is known by a token or a session. Only the owner
 * of the machine's account, through the Unix socket, may speak in another name.
 */
export function speakerOf({ identity }: FastifyRequest, named: string | undefined): string {
  if (identity === undefined) return named ?? 'local'
  return identity.by === 'local' ? (named ?? identity.name) : identity.name
}
