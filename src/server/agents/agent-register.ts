/**
 * Which regions are worked by agents, and by which one: kept in the records, so that every replica
 * knows, also while the agent is away. A region has one agent at a time, known by the folder that it
 * keeps its components in: a second one elsewhere would start everything a second time.
 */
import { Fault, isFault } from '../../core/fault/fault.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Records, StoredRecord } from '../../seams/records.ts'
import { changeRecord, type Precondition } from '../precondition.ts'
import type { AgentCertificate } from '../wire/agents.ts'
import { etagOf } from '../wire/etags.ts'
import type { AgentIdentity } from './agent-session.ts'

const COLLECTION = 'agent-regions'

/** For so long it is believed that a region has none, or has one. @unit ms */
const BELIEF_MS = 1_000

/** How often it is tried when several replicas admit an agent at once. */
const ADMISSIONS_MAX = 5

/** What is kept of a region. */
export interface RegisteredAgent {
  readonly region: string
  readonly name: string
  readonly instance: string
  readonly version: string
  /** What it showed when it was last let in. */
  readonly certificate?: AgentCertificate
  readonly lastSeenAtMs: number
  /** Of what is kept of it. */
  readonly etag: string
}

/** An agent that is about to be let in. */
export interface Admission {
  readonly agent: AgentIdentity
  /** Whether the one that worked before it is gone for good. */
  readonly isReplacing: boolean
  /** Notes that somebody works for the region who did not before, or by another certificate. */
  note(agent: AgentIdentity): Promise<void>
}

interface Belief {
  readonly isRegistered: boolean
  readonly untilMs: number
}

/** The regions and their agents. */
export class AgentRegister {
  readonly #records: Records
  readonly #clock: Clock
  readonly #beliefs = new Map<string, Belief>()

  constructor(parts: { readonly records: Records; readonly clock: Clock }) {
    this.#records = parts.records
    this.#clock = parts.clock
  }

  /** Whether a region is worked by an agent, connected or not. @throws store-unavailable */
  async has(region: string): Promise<boolean> {
    const nowMs = this.#clock.nowMs()
    const belief = this.#beliefs.get(region)
    // What is registered stays so until somebody removes it; what is not may be at any moment.
    if (belief !== undefined && belief.untilMs > nowMs) return belief.isRegistered
    const isRegistered = (await this.#records.get(COLLECTION, region)) !== undefined
    this.#beliefs.set(region, { isRegistered, untilMs: nowMs + BELIEF_MS })
    return isRegistered
  }

  /**
   * Keeps that an agent works for its region, once what is new about that was noted. Several replicas
   * that admit it in the same moment may each note it.
   *
   * @throws agent-displaced when another one does, unless this one is said to replace it
   */
  async admit(admission: Admission): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#admit(admission)
      } catch (error) {
        // It connects to every replica at once; whoever was slower reads what the other one wrote.
        if (!isFault(error, 'record-conflict') || attempt === ADMISSIONS_MAX) throw error
      }
    }
  }

  async #admit({ agent, isReplacing, note }: Admission): Promise<void> {
    const { region, name, instance, version, certificate } = agent
    const kept = await this.#records.get(COLLECTION, region)
    if (kept !== undefined && !isReplacing && kept.value['instance'] !== instance) {
      throw displaced(agent, registeredIn(kept))
    }
    if (kept === undefined || isOther(registeredIn(kept), agent)) await note(agent)
    const shown = certificate === undefined ? {} : { certificate: { ...certificate } }
    const value = { name, instance, version, ...shown, lastSeenAtMs: this.#clock.nowMs() }
    const ifVersion = kept?.version ?? 0
    await this.#records.put({ collection: COLLECTION, key: region, value, ifVersion })
    this.#beliefs.delete(region)
  }

  /** Every region that is worked by an agent, by name. */
  async list(): Promise<readonly RegisteredAgent[]> {
    return (await this.#records.list(COLLECTION)).map(registeredIn)
  }

  /**
   * Lets a region have no agent any more; false when it had none.
   *
   * @param only what whoever says so has seen of it; absent: whatever there is
   * @throws precondition-failed
   */
  async remove(region: string, only?: Precondition): Promise<boolean> {
    this.#beliefs.delete(region)
    if (only === undefined) return await this.#records.remove(COLLECTION, region)
    const kept = await this.#records.get(COLLECTION, region)
    if (kept === undefined) return false
    const deed = { operation: 'remove the agent', subject: region }
    only.check(etagOf(kept.version), deed)
    const version = async (): Promise<number | undefined> =>
      (await this.#records.get(COLLECTION, region))?.version
    return await changeRecord({ only, deed, version }, () =>
      this.#records.remove(COLLECTION, region, kept.version),
    )
  }
}

/** Whether somebody else works there than before, or by another certificate. */
function isOther(before: RegisteredAgent, now: AgentIdentity): boolean {
  const isSame = before.name === now.name && before.instance === now.instance
  return !isSame || before.certificate?.fingerprint !== now.certificate?.fingerprint
}

function registeredIn({ key, value, version }: StoredRecord): RegisteredAgent {
  const certificate = value['certificate'] as AgentCertificate | undefined
  return {
    region: key,
    name: String(value['name']),
    instance: String(value['instance']),
    version: String(value['version']),
    ...(certificate === undefined ? {} : { certificate }),
    lastSeenAtMs: Number(value['lastSeenAtMs']),
    etag: etagOf(version),
  }
}

function displaced({ region, name }: AgentIdentity, other: RegisteredAgent): Fault {
  const where = other.name === name ? 'from another folder or machine' : `by ${other.name}`
  return new Fault({
    code: 'agent-displaced',
    operation: 'admit the agent',
    subject: region,
    hint: `Region ${region} is worked ${where}; what that one has started may still run.`,
  })
}
