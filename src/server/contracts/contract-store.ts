/**
 * The contracts that the server holds: an index over their streams in the ledger, which is the only
 * place where they are. It never keeps what the ledger does not hold, and catches up whenever the
 * ledger says that a stream has grown, whoever appended to it.
 */
import type { ContractEntry } from '../../core/entry/contract-entry.ts'
import type { Entry } from '../../core/entry/entry.ts'
import { present } from '../../core/fault/assert.ts'
import { Fault, isFault } from '../../core/fault/fault.ts'
import type { TouchedOwner } from '../../core/plan/owner.ts'
import type { Refusal } from '../../core/ramp/decide-word.ts'
import type { Digest } from '../../core/units/digest.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { Clock } from '../../seams/clock.ts'
import type { Ledger } from '../../seams/ledger.ts'
import type { RevisionView } from '../wire/contracts.ts'
import {
  type Answering,
  decideAmendment,
  decideAnswer,
  type WantedRevision,
} from './decide-proposal.ts'
import { proposalDigest, unendedProposal } from './proposal.ts'
import {
  type ContractName,
  contractOfStream,
  contractStream,
  foldRevision,
  latestOf,
  type Revisions,
  revisionOf,
} from './revisions.ts'

/** How often an amendment is tried again that somebody else's came before. */
const ATTEMPTS = 20

/** A revision that is wanted. */
export interface Amendment extends WantedRevision {
  /** Looks at what is held now, and throws when it is not to be replaced. */
  check(held: Revisions | undefined): void
  /** Whose word it takes to replace what is held now; empty: it takes effect at once. */
  wordsFor(held: Revisions): readonly TouchedOwner[]
}

/** What became of an amendment. */
export interface Amended {
  /** `proposed`: it waits for the word of others, and the contract is what it was. */
  readonly outcome: 'created' | 'amended' | 'proposed' | 'unchanged'
  readonly held: Revisions
}

/** What became of an answer. */
export interface Answered {
  readonly held: Revisions
  /** Why it had no effect; absent: it had one. */
  readonly refusal?: Refusal
}

/** Holds contracts. */
export class ContractStore {
  readonly #ledger: Ledger
  readonly #clock: Clock
  readonly #held = new Map<string, Revisions>()
  /** What is held, in order, for as long as it stays the same. */
  #sorted: readonly Revisions[] | undefined
  /** Streams that may have grown since they were read. */
  readonly #grown = new Set<string>()
  #isAllGrown = true
  #catchingUp: Promise<void> | undefined
  #stop: (() => void) | undefined

  constructor(parts: { readonly ledger: Ledger; readonly clock: Clock }) {
    this.#ledger = parts.ledger
    this.#clock = parts.clock
  }

  /** Every contract by its revisions, in the order of kind and name. */
  async list(): Promise<readonly Revisions[]> {
    await this.#catchUp()
    this.#sorted ??= [...this.#held.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    return this.#sorted
  }

  /** One contract as the ledger has it now; undefined when it is not held. */
  get(name: ContractName): Promise<Revisions | undefined> {
    return this.#read(contractStream(name))
  }

  /** One revision, whole; undefined when there is none of that digest. */
  async revision(name: ContractName, digest: Digest): Promise<RevisionView | undefined> {
    const held = await this.get(name)
    const found = held && revisionOf(held, digest)
    if (held === undefined || found === undefined) return undefined
    if (found === latestOf(held)) return { ...found, document: held.document }
    for await (const { entry } of this.#ledger.read(contractStream(name))) {
      if (entry.type === 'contract.amended' && entry.digest === digest) {
        return { ...found, document: entry.document }
      }
    }
    return undefined
  }

  /** The document that was proposed; undefined when there is no such proposal. */
  async proposedDocument(name: ContractName, proposal: Digest): Promise<JsonObject | undefined> {
    const held = await this.get(name)
    if (held !== undefined && unendedProposal(held.proposals)?.proposal === proposal) {
      return held.proposed
    }
    for await (const { entry } of this.#ledger.read(contractStream(name))) {
      if (entry.type === 'contract.proposed' && proposalDigest(entry) === proposal) {
        return entry.document
      }
    }
    return undefined
  }

  /** The document of a digest among the contracts that may be seen: for contracts that use others. */
  async document(
    digest: Digest,
    isSeen: (held: Revisions) => boolean,
  ): Promise<JsonObject | undefined> {
    const holder = (await this.list()).find(
      (held) => revisionOf(held, digest) !== undefined && isSeen(held),
    )
    return holder && (await this.revision(holder, digest))?.document
  }

  /**
   * Adds a revision, or proposes it to whoever owns what it touches; unless the latest is the same.
   *
   * @throws whatever `check` throws
   * @throws ledger-conflict when others keep coming first
   * @throws ledger-unavailable
   */
  async amend(amendment: Amendment): Promise<Amended> {
    const { check, wordsFor, ...wanted } = amendment
    let before: Revisions | undefined
    const after = await this.#change(amendment, (held, nowMs) => {
      check(held)
      before = held
      return decideAmendment(held, wanted, held === undefined ? [] : wordsFor(held), nowMs)
    })
    const held = present(after, 'what was amended is held')
    const isLatest = latestOf(held).digest === amendment.digest
    if (!isLatest) return { outcome: 'proposed', held }
    if (before === undefined) return { outcome: 'created', held }
    const isSame = latestOf(before).digest === amendment.digest
    return { outcome: isSame ? 'unchanged' : 'amended', held }
  }

  /**
   * Lets somebody answer a proposal. Whatever becomes of it, the answer is recorded.
   *
   * @param answering what they say, for what is held now; throws when it is not to be recorded at all
   * @throws ledger-conflict when others keep coming first
   * @throws ledger-unavailable
   */
  async answer(
    name: ContractName,
    answering: (held: Revisions) => Answering | Promise<Answering>,
  ): Promise<Answered> {
    let refusal: Refusal | undefined
    const after = await this.#change(name, async (before, nowMs) => {
      const held = present(before, 'whoever answers has been shown that it is held')
      const entries = decideAnswer(held, await answering(held), nowMs)
      refusal = entries.find((entry) => entry.type === 'contract.refused')
      return entries
    })
    const held = present(after, 'what was answered is held')
    return refusal === undefined ? { held } : { held, refusal }
  }

  /** Stops listening to the ledger. Idempotent. */
  close(): void {
    this.#stop?.()
    this.#stop = undefined
    // Whoever asks all the same is told the truth, if slowly.
    this.#isAllGrown = true
  }

  /** Appends what is decided upon what is held, and decides anew when somebody else came first. */
  async #change(
    name: ContractName,
    decide: (
      held: Revisions | undefined,
      nowMs: number,
    ) => readonly ContractEntry[] | Promise<readonly ContractEntry[]>,
  ): Promise<Revisions | undefined> {
    const stream = contractStream(name)
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const held = await this.get(name)
      const nowMs = this.#clock.nowMs()
      const decided = await decide(held, nowMs)
      if (decided.length === 0) return held
      const entries = decided.map((entry): Entry => ({ ...entry, atMs: nowMs }))
      const grown = await this.#append(stream, held, entries)
      if (grown !== undefined) return grown
    }
    throw contested(name)
  }

  /** Undefined when somebody else's entry came first. */
  async #append(
    stream: string,
    held: Revisions | undefined,
    entries: readonly Entry[],
  ): Promise<Revisions | undefined> {
    try {
      await this.#ledger.append({ stream, after: held?.sequence ?? 0, entries })
    } catch (error) {
      if (isFault(error, 'ledger-conflict')) return undefined
      throw error
    }
    const grown = entries.reduce<Revisions | undefined>(foldRevision, held)
    return this.#keep(stream, present(grown, 'An amendment makes a revision.'))
  }

  async #read(stream: string): Promise<Revisions | undefined> {
    let held = this.#held.get(stream)
    for await (const { entry } of this.#ledger.read(stream, held?.sequence ?? 0)) {
      held = foldRevision(held, entry)
    }
    return held && this.#keep(stream, held)
  }

  /** Keeps what was folded furthest: readings of one stream may overtake each other. */
  #keep(stream: string, folded: Revisions): Revisions {
    const kept = this.#held.get(stream)
    const latest = kept !== undefined && kept.sequence > folded.sequence ? kept : folded
    if (latest !== kept) {
      this.#held.set(stream, latest)
      this.#sorted = undefined
    }
    return latest
  }

  #catchUp(): Promise<void> {
    this.#stop ??= this.#ledger.onAppended((stream) => {
      if (stream === undefined) this.#isAllGrown = true
      else if (contractOfStream(stream) !== undefined) this.#grown.add(stream)
    })
    this.#catchingUp ??= this.#readGrown().finally(() => {
      this.#catchingUp = undefined
    })
    return this.#catchingUp
  }

  async #readGrown(): Promise<void> {
    while (this.#isAllGrown || this.#grown.size > 0) {
      if (this.#isAllGrown) await this.#lookAtAll()
      for (const stream of [...this.#grown]) {
        // Taken off before it is read: what comes meanwhile is read once more.
        this.#grown.delete(stream)
        await this.#read(stream).catch((error: unknown) => {
          this.#grown.add(stream)
          throw error
        })
      }
    }
  }

  async #lookAtAll(): Promise<void> {
    this.#isAllGrown = false
    const streams = await this.#ledger.streams().catch((error: unknown) => {
      this.#isAllGrown = true
      throw error
    })
    for (const { stream, sequence } of streams) {
      if (contractOfStream(stream) === undefined) continue
      if (this.#held.get(stream)?.sequence !== sequence) this.#grown.add(stream)
    }
  }
}

function contested(name: ContractName): Fault {
  return new Fault({
    code: 'ledger-conflict',
    operation: 'amend the contract',
    subject: keyOf(name),
    hint: 'Others amended it over and over at the same time; look at what they did.',
  })
}

function keyOf({ kind, name }: ContractName): string {
  return `${kind}/${name}`
}
