/** Why a request goes to no backend: two ends could read it in two ways, or its client may not come in. */
import type { IncomingMessage } from 'node:http'
import { admit } from './admit.ts'
import { hostsOf } from './http-fields.ts'
import type { FrontParts } from './tcp-front.ts'

/** What is answered instead. */
export interface Objection {
  readonly status: number
  readonly sentence: string
}

/** Undefined: it may go on. */
export async function objectionTo(
  parts: FrontParts,
  request: IncomingMessage,
): Promise<Objection | undefined> {
  return ambiguityOf(request) ?? (await refusalOf(parts, request))
}

/** @source RFC 9112, sections 3.2 and 6.1 */
function ambiguityOf(request: IncomingMessage): Objection | undefined {
  const url = request.url ?? ''
  // A whole URL could name another host than `Host` does, and each end believe another one.
  if (!url.startsWith('/') && url !== '*') {
    const sentence = 'the request names a whole URL; this is not a proxy for others'
    return { status: 400, sentence }
  }
  if (hostsOf(request.rawHeaders).length > 1)
    return { status: 400, sentence: 'the request names more than one host' }
  const coding = request.headers['transfer-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    return { status: 501, sentence: `the transfer coding ${coding} is not known here; use chunked` }
  return undefined
}

async function refusalOf(
  parts: FrontParts,
  request: IncomingMessage,
): Promise<Objection | undefined> {
  const { mayConnect, onRefused } = parts
  if (mayConnect === undefined) return undefined
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const admission = await admit(mayConnect, parts, { socket: request.socket, token })
  if (admission.allowed) return undefined
  onRefused(admission.sentence)
  return { status: 403, sentence: admission.sentence }
}
