/**
 * The doors of a daemon that serves others: where it listens on the network, and as whom people come
 * in. It must never open to others a door that shows what passes through it.
 */
import { readFileSync } from 'node:fs'
import type { TlsFiles } from '../certificates/tls-files.ts'
import { checkShape } from '../contracts/document/check-shape.ts'
import { formatIssue } from '../contracts/document/format-issue.ts'
import type { Issue } from '../contracts/document/issue.ts'
import { parseDocuments } from '../contracts/document/parse-documents.ts'
import { Fault } from '../core/fault/fault.ts'
import type { Records } from '../seams/records.ts'
import { ACCESS_CONFIG, type AccessConfig, CLOSED } from '../server/access/access-config.ts'
import { type NetDoor, readDoorTls } from '../server/net-door.ts'
import type { Server } from '../server/server.ts'

/** Which doors. */
export interface DoorOptions {
  readonly host: string
  readonly port: number
  readonly tls?: TlsFiles
  /** Whether a proxy that has TLS stands before it. */
  readonly isBehindProxy: boolean
  /** How browsers reach it, where that is not how it listens. */
  readonly publicUrl?: string
  /** The file that says who may come in. */
  readonly accessFile?: string
}

/** How often the certificate is read again, so that a renewed one is used. @unit ms */
const RENEW_MS = 60 * 60 * 1_000

/**
 * Looks at everything that was named before anything is held or begun, so that what is wrong is said
 * at once.
 *
 * @throws server-exposed, access-malformed, certificate-unusable
 */
export function checkDoors(doors: DoorOptions): void {
  assertNotExposed(doors)
  readAccess(doors)
  if (doors.tls !== undefined) readDoorTls(doors.tls)
}

/** @throws server-exposed when others could reach it without TLS */
function assertNotExposed({ host, tls, isBehindProxy }: DoorOptions): void {
  if (tls !== undefined || isBehindProxy || isLoopback(host)) return
  throw new Fault({
    code: 'server-exposed',
    operation: 'open the door to the network',
    subject: host,
    hint:
      `${host} can be reached by others, and tokens would pass through it for all to read. ` +
      'Give --tls-cert and --tls-key, or --behind-proxy when a proxy before it has TLS.',
  })
}

/**
 * Who may come in, as the file says.
 *
 * @throws access-malformed
 */
export function readAccess({ accessFile, publicUrl, tls }: DoorOptions): AccessConfig {
  const config = accessFile === undefined ? CLOSED : readAccessFile(accessFile)
  const areAgentsCertified = tls?.clientCa !== undefined
  return { ...config, areAgentsCertified, ...(publicUrl === undefined ? {} : { publicUrl }) }
}

/** Opens the door, and tells where it is and how the first token is made. */
export async function openDoor(
  server: Server,
  options: DoorOptions,
  told: { readonly records: Records; log(line: string): void; onTrouble(error: unknown): void },
): Promise<NetDoor> {
  const { host, port, tls } = options
  const door = await server.listenOnNetwork({ host, port, ...(tls === undefined ? {} : { tls }) })
  if (tls !== undefined) renewNowAndThen(door, told.onTrouble)
  told.log(`Listening at ${door.url}.`)
  if ((await told.records.list('tokens', { limit: 1 })).length === 0) {
    told.log(
      'Nobody has a token yet. Make the first one on this machine: ' +
        'rampart token create me --role admin',
    )
  }
  return door
}

function renewNowAndThen(door: NetDoor, onTrouble: (error: unknown) => void): void {
  const renewing = setInterval(() => {
    try {
      door.renew()
    } catch (error) {
      onTrouble(error)
    }
  }, RENEW_MS)
  renewing.unref()
  door.server.once('close', () => clearInterval(renewing))
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function readAccessFile(path: string): AccessConfig {
  const text = readAccessText(path)
  const { documents, issues: unread } = parseDocuments({ path, text })
  const [document, ...more] = documents
  // The lines themselves are not shown: there may be a secret in them.
  if (unread.length > 0) throw malformed(path, issueLines(unread))
  if (document === undefined || more.length > 0) {
    throw malformed(path, `${path} is to hold one document, not ${documents.length}.`)
  }
  const { value, issues } = checkShape(document, [], ACCESS_CONFIG)
  if (value === undefined) throw malformed(path, issueLines(issues))
  return value
}

function readAccessText(path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const hint = `The file of --access cannot be read: ${(error as Error).message}.`
    throw malformed(path, hint, error)
  }
  if (text.trim() === '') throw malformed(path, `${path} is empty.`)
  return text
}

function issueLines(issues: readonly Issue[]): string {
  return issues.map((issue) => formatIssue(issue)).join('\n')
}

function malformed(subject: string, hint: string, cause?: unknown): Fault {
  const operation = 'read who may come in'
  return new Fault({ code: 'access-malformed', operation, subject, hint, cause })
}
