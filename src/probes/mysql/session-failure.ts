/** Why a session with MySQL ended, as a code that can be judged. */
import type { MysqlFailure } from './facts.ts'

/** The other side says what no MySQL or MariaDB says. */
export class Nonsense extends Error {
  readonly code = 'NOT_MYSQL'
}

/** What was thrown, as a failure. */
export function sessionFailure(thrown: unknown, signal: AbortSignal): MysqlFailure {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (signal.aborted) return { code: 'ABORTED', message }
  return serverError(thrown) ?? { code: codeOf(thrown), message }
}

/** What the server itself said; undefined when the connection or the driver failed. */
export function serverError(thrown: unknown): MysqlFailure | undefined {
  if (!(thrown instanceof Error && 'errno' in thrown && typeof thrown.errno === 'number')) {
    return undefined
  }
  if (thrown.errno <= 0) return undefined
  const state = 'sqlState' in thrown && typeof thrown.sqlState === 'string' ? thrown.sqlState : ''
  return { code: String(thrown.errno), state, message: thrown.message }
}

const CODES: Readonly<Record<string, string>> = {
  ERR_OUT_OF_RANGE: 'NOT_MYSQL',
  HANDSHAKE_NO_SSL_SUPPORT: 'EPROTO',
  HANDSHAKE_UNKNOWN_ERROR: 'NOT_MYSQL',
  PROTOCOL_CONNECTION_LOST: 'ECONNRESET',
  PROTOCOL_UNEXPECTED_PACKET: 'NOT_MYSQL',
}

/** The driver puts one code of its own in place of all codes of TLS, and keeps their texts. */
const TLS_CODES: readonly (readonly [text: RegExp, code: string])[] = [
  [/has expired/, 'CERT_HAS_EXPIRED'],
  [/not yet valid/, 'CERT_NOT_YET_VALID'],
  [/does not match certificate/, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  [/self[- ]signed|unable to (?:verify|get)/, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [/revoked/, 'CERT_REVOKED'],
]

function codeOf(thrown: unknown): string {
  const code: unknown = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  if (typeof code !== 'string') return 'NOT_MYSQL'
  if (code !== 'HANDSHAKE_SSL_ERROR') return CODES[code] ?? code
  const message = thrown instanceof Error ? thrown.message : ''
  return TLS_CODES.find(([text]) => text.test(message))?.[1] ?? 'EPROTO'
}
