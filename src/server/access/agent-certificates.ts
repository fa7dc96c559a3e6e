/**
 * Whether an agent may come in by the certificate that it shows beside its token. Together they are
 * worth what both are for: a token without the key of its certificate is worth nothing, and the
 * certificate of another region opens nothing either. People and machines are not asked for one.
 */
import type { Socket } from 'node:net'
import type { FaultCodeName } from '../../core/fault/codes.ts'
import { Fault, isFault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Grant } from '../wire/access.ts'
import type { Identity } from './identity.ts'
import type { Refusals } from './refusals.ts'
import {
  type AcceptedCertificate,
  type ShownCertificate,
  shownCertificate,
} from './shown-certificate.ts'

/** How an agent may be refused for its certificate. */
const CODES: readonly FaultCodeName[] = [
  'certificate-missing',
  'certificate-untrusted',
  'certificate-foreign',
]

/** The shortest time between two notes that the same agent was refused for the same. @unit ms */
const NOTE_PAUSE_MS = 60 * 60_000

/** What agents are judged with. */
export interface AgentCertificatesParts {
  readonly clock: Clock
  readonly refusals: Refusals
  /** Whether agents must show one at all. */
  readonly areRequired: boolean
}

/** Judges the certificates of agents. */
export class AgentCertificates {
  readonly #parts: AgentCertificatesParts
  /** When a refusal was noted, by agent and code. */
  readonly #notedAtMs = new Map<string, number>()

  constructor(parts: AgentCertificatesParts) {
    this.#parts = parts
  }

  /**
   * Who somebody is once their certificate was looked at: an agent for no region but those that its
   * certificate names as well.
   *
   * @throws certificate-missing, certificate-untrusted, certificate-foreign
   */
  async admit(who: Identity, socket: Socket): Promise<Identity> {
    const { areRequired, clock } = this.#parts
    if (!areRequired || who.by === 'local' || !isAgent(who)) return who
    const shown = shownCertificate(socket)
    const nowMs = clock.nowMs()
    try {
      return certifiedAgent(who, shown, nowMs)
    } catch (error) {
      // Whoever has a token without its certificate may be a thief; not so a connection that was let in
      // once and has outlasted what it was opened with.
      const hasCounted = shown !== undefined && shown.distrust === undefined
      const isOutlasted = hasCounted && isFault(error, 'certificate-untrusted')
      if (isFault(error) && !isOutlasted) await this.#note(who, error)
      throw error
    }
  }

  async #note({ name }: Identity, { code, hint }: Fault): Promise<void> {
    const { refusals, clock } = this.#parts
    const nowMs = clock.nowMs()
    const key = `${name} ${code}`
    const notedAtMs = this.#notedAtMs.get(key)
    if (notedAtMs !== undefined && nowMs - notedAtMs < NOTE_PAUSE_MS) return
    this.#notedAtMs.set(key, nowMs)
    await refusals.note('certificate.refused', name, `${name} was refused: ${hint}`)
  }
}

/** Whether somebody was refused for their certificate, or for having none. */
export function isCertificateRefusal(error: unknown): error is Fault {
  return isFault(error) && CODES.includes(error.code)
}

/**
 * An agent, for the regions that both its token and its certificate are for.
 *
 * @throws certificate-missing, certificate-untrusted, certificate-foreign
 */
export function certifiedAgent(
  agent: Identity,
  shown: ShownCertificate | undefined,
  nowMs: number,
): Identity {
  if (shown === undefined) {
    const hint = 'An agent must show a certificate here, beside its token.'
    throw refusal('certificate-missing', agent, hint)
  }
  const { subject, fingerprint, untilMs, regions } = shown
  const doubt = doubtAbout(shown, nowMs)
  if (doubt !== undefined) throw refusal('certificate-untrusted', agent, doubt)
  const grants = agent.grants.map((grant) => narrowed(grant, regions)).filter(isSomewhere)
  if (grants.length === 0) {
    const wanted = agent.grants.flatMap(({ scope }) => scope.regions ?? [])
    throw foreignCertificate(agent, shown, wanted)
  }
  return { ...agent, grants, certificate: { subject, fingerprint, untilMs, regions } }
}

/** That a certificate is for other regions than those that were wanted. */
export function foreignCertificate(
  agent: Pick<Identity, 'name'>,
  { subject, regions }: AcceptedCertificate,
  wanted: readonly string[],
): Fault {
  const [example = 'REGION'] = wanted
  const hint =
    regions.length === 0
      ? `The certificate ${subject} names the agent of no region; it needs the URI ` +
        `spiffe://DOMAIN/rampart/agent/${example} among its names.`
      : `The certificate ${subject} is that of the agent of ${regions.join(' and ')}, ` +
        `not of ${wanted.join(' and ')}.`
  return refusal('certificate-foreign', agent, hint)
}

/** Why a certificate does not count; undefined: it does. Its own words are not repeated before that. */
function doubtAbout(shown: ShownCertificate, nowMs: number): string | undefined {
  const { sinceMs, untilMs, distrust } = shown
  // A connection may outlast what it was opened with, so this is asked of the clock each time.
  if (untilMs <= nowMs) return `Its certificate has expired on ${dateOf(untilMs)}.`
  if (distrust === undefined) return undefined
  if (distrust === 'CERT_NOT_YET_VALID' && nowMs < sinceMs) {
    return `Its certificate is not valid before ${dateOf(sinceMs)}.`
  }
  return `Its certificate ${WHY[distrust] ?? 'is not trusted here'} (${distrust}).`
}

const UNKNOWN_SIGNER =
  'is signed by nobody who is trusted here, or its file lacks the certificates between'

const WHY: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'was signed by one that has expired',
  CERT_NOT_YET_VALID: 'was signed by one that is not valid yet',
  CERT_SIGNATURE_FAILURE: UNKNOWN_SIGNER,
  INVALID_PURPOSE: 'is not for clients: its extended key usage lacks clientAuth',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_SIGNER,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_SIGNER,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_SIGNER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_SIGNER,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_SIGNER,
}

function isAgent({ grants }: Identity): boolean {
  return grants.some(({ role }) => role === 'agent')
}

/** A grant of an agent, for no region that its certificate does not name. */
function narrowed({ role, scope }: Grant, named: readonly string[]): Grant {
  const regions = named.filter((region) => scope.regions?.includes(region) ?? true)
  return { role, scope: { ...scope, regions } }
}

function isSomewhere({ scope }: Grant): boolean {
  return (scope.regions?.length ?? 0) > 0
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString()
}

function refusal(code: FaultCodeName, { name }: Pick<Identity, 'name'>, hint: string): Fault {
  return new Fault({ code, operation: 'let the agent in', subject: name, hint })
}
