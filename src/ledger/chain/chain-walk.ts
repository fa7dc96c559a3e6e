/**
 * Proves a chain, link by link, in the order of position. Pure bookkeeping: whoever walks fetches the
 * links; the walk says what is wrong with the first one that is.
 */
import type { Verification } from '../../seams/ledger.ts'
import { GENESIS_HASH, type HashedLink, linkHash } from './link.ts'
import type { Prover } from './signature.ts'
import {
  type Checkpoint,
  checkpointStatement,
  headStatement,
  type SealedHead,
} from './statement.ts'

/** The first thing found wrong. */
export type Finding = Extract<Verification, { readonly verdict: 'broken' }>

/** What is known before the first link. */
export interface WalkPlan {
  /** In order of number. */
  readonly checkpoints: readonly Checkpoint[]
  /** Absent when the ledger's head is gone. */
  readonly head: SealedHead | undefined
  /** Absent when there is no key beside the ledger. */
  readonly prover: Prover | undefined
}

/** A finding in the making. */
export function broken(position: number, problem: Finding['problem'], sentence: string): Finding {
  return { verdict: 'broken', position, problem, sentence }
}

/** Walks one chain once. */
export class ChainWalk {
  readonly #plan: WalkPlan
  readonly #sequences = new Map<string, number>()
  #position = 0
  #hash: string = GENESIS_HASH
  #checkpointsPassed = 0

  constructor(plan: WalkPlan) {
    this.#plan = plan
  }

  /** The position of the last link found good. */
  get position(): number {
    return this.#position
  }

  /** The hash of the last link found good. */
  get hash(): string {
    return this.#hash
  }

  /** Takes the next link; says what is wrong with it, or nothing. */
  step(link: HashedLink): Finding | undefined {
    const position = this.#position + 1
    if (link.position !== position) {
      return broken(position, 'removed', `The entry at ${position} is missing.`)
    }
    const hash = linkHash(this.#hash, link)
    if (hash !== link.hash) {
      return broken(position, 'altered', `The entry at ${position} does not match its hash.`)
    }
    const sequence = (this.#sequences.get(link.stream) ?? 0) + 1
    if (link.sequence !== sequence) {
      const missing = `Entry ${sequence} of stream ${link.stream} is missing before ${position}.`
      return broken(position, 'removed', missing)
    }
    this.#sequences.set(link.stream, sequence)
    this.#position = position
    this.#hash = hash
    return this.#passCheckpoints()
  }

  /** Takes the end of the chain; says what is wrong with it, or that nothing is. */
  finish(): Verification {
    return (
      this.#checkEnd() ?? {
        verdict: 'intact',
        entries: this.#position,
        checkpoints: this.#checkpointsPassed,
        head: this.#hash,
      }
    )
  }

  #passCheckpoints(): Finding | undefined {
    const next = this.#plan.checkpoints[this.#checkpointsPassed]
    if (next === undefined || next.position > this.#position) return undefined
    this.#checkpointsPassed += 1
    return this.#checkCheckpoint(next)
  }

  #checkCheckpoint(checkpoint: Checkpoint): Finding | undefined {
    const { number, position } = checkpoint
    if (number !== this.#checkpointsPassed || position !== this.#position) {
      const sentence = `Checkpoint ${this.#checkpointsPassed} is not where it was signed.`
      return broken(this.#position, 'checkpoint-mismatch', sentence)
    }
    if (checkpoint.hash !== this.#hash) {
      const blame = this.#isSigned(checkpoint)
        ? 'is validly signed for other entries: the entries up to here were rewritten'
        : 'was altered: neither its hash nor its signature holds'
      return broken(position, 'checkpoint-mismatch', `Checkpoint ${number} ${blame}.`)
    }
    return this.#isSigned(checkpoint) ? undefined : this.#unsigned(checkpoint)
  }

  #isSigned(checkpoint: Checkpoint): boolean {
    const { prover } = this.#plan
    return (
      prover?.publicKey === checkpoint.publicKey &&
      prover.isSigned(checkpointStatement(checkpoint), checkpoint.signature)
    )
  }

  #unsigned(checkpoint: Checkpoint): Finding {
    const why =
      this.#plan.prover === undefined
        ? 'cannot be proved: there is no key beside the ledger'
        : 'is not signed by the key beside the ledger'
    const sentence = `Checkpoint ${checkpoint.number} at ${checkpoint.position} ${why}.`
    return broken(Math.max(this.#position, 1), 'signature-invalid', sentence)
  }

  #checkEnd(): Finding | undefined {
    const { head, checkpoints, prover } = this.#plan
    const ahead = checkpoints[this.#checkpointsPassed]
    if (ahead !== undefined) {
      return this.#isSigned(ahead) ? this.#truncatedBefore(ahead.position) : this.#unsigned(ahead)
    }
    const at = Math.max(this.#position, 1)
    if (head === undefined) {
      return broken(at, 'checkpoint-mismatch', 'The head of the chain is missing.')
    }
    if (prover?.checkSeal(headStatement(head), head.seal) === 'invalid') {
      return broken(
        at,
        'signature-invalid',
        'The head of the chain was altered: its seal is broken.',
      )
    }
    return head.position > this.#position
      ? this.#truncatedBefore(head.position)
      : this.#checkHead(head, at)
  }

  #checkHead(head: SealedHead, at: number): Finding | undefined {
    if (head.position < this.#position) {
      const first = head.position + 1
      const sentence = `The chain ended at ${head.position}; what follows is not Rampart's.`
      return broken(first, 'checkpoint-mismatch', sentence)
    }
    if (head.hash !== this.#hash) {
      return broken(at, 'checkpoint-mismatch', 'The chain does not end in the hash that was kept.')
    }
    if (head.checkpoints === this.#checkpointsPassed) return undefined
    const left = this.#checkpointsPassed
    const sentence = `Checkpoints are missing: ${head.checkpoints} were made, ${left} are left.`
    return broken(at, 'checkpoint-mismatch', sentence)
  }

  #truncatedBefore(last: number): Finding {
    const first = this.#position + 1
    return broken(first, 'removed', `The entries from ${first} to ${last} are missing.`)
  }
}

/**
 * Whether `candidate`, found elsewhere, is what was written where `found` (or nothing) stands: then the
 * chain was reordered and not merely altered.
 */
export function isDisplaced(options: {
  readonly previousHash: string
  readonly position: number
  readonly found: HashedLink | undefined
  readonly candidate: HashedLink
}): boolean {
  const { previousHash, position, found, candidate } = options
  const moved = linkHash(previousHash, { ...candidate, position })
  if (moved === candidate.hash || moved === found?.hash) return true
  if (found === undefined) return false
  const inPlace = linkHash(previousHash, { ...found, position, text: candidate.text })
  return inPlace === found.hash || inPlace === candidate.hash
}
