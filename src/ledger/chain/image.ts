/**
 * A ledger as it is moved from one store to another: the same links, checkpoints and seals, in the
 * order in which they can be proved while they pass. An image contains the private key; whoever holds
 * one can sign in the ledger's name.
 */
import { Fault } from '../../core/fault/fault.ts'
import { broken, ChainWalk, type Finding } from './chain-walk.ts'
import type { HashedLink } from './link.ts'
import { signerOf } from './signature.ts'
import type { Checkpoint, SealedHead } from './statement.ts'

/** A snapshot as it is kept, with its seal. */
export interface SealedSnapshot {
  readonly stream: string
  readonly sequence: number
  readonly foldVersion: number
  readonly state: string
  readonly seal: string
}

/** One piece of a ledger: first the key, then checkpoints, then the head, then links, then snapshots. */
export type LedgerPart =
  | { readonly part: 'key'; readonly privateKeyPem: string }
  | ({ readonly part: 'checkpoint' } & Checkpoint)
  | ({ readonly part: 'head' } & SealedHead)
  | ({ readonly part: 'link' } & HashedLink)
  | ({ readonly part: 'snapshot' } & SealedSnapshot)

/** What was proved of an image. */
export interface ProvedImage {
  readonly entries: number
  readonly checkpoints: number
  readonly head: string
}

/** Proves an image while it passes. */
export class ImageProof {
  readonly #subject: string
  readonly #checkpoints: Checkpoint[] = []
  #privateKeyPem: string | undefined
  #head: SealedHead | undefined
  #walk: ChainWalk | undefined

  /** @param subject where it comes from, for whoever reads that it is broken */
  constructor(subject: string) {
    this.#subject = subject
  }

  /** Takes the next piece. @throws ledger-corrupt */
  take(piece: LedgerPart): void {
    if (piece.part === 'key') this.#privateKeyPem = piece.privateKeyPem
    else if (piece.part === 'checkpoint') this.#checkpoints.push(piece)
    else if (piece.part === 'head') this.#head = piece
    else if (piece.part === 'link') this.#refuse(this.#begun().step(piece))
  }

  /** Takes the end. @throws ledger-corrupt */
  finish(): ProvedImage {
    const verification = this.#begun().finish()
    if (verification.verdict === 'broken') return this.#refuse(verification)
    const { entries, checkpoints, head } = verification
    return { entries, checkpoints, head }
  }

  #begun(): ChainWalk {
    if (this.#walk !== undefined) return this.#walk
    if (this.#privateKeyPem === undefined || this.#head === undefined) {
      return this.#refuse(broken(1, 'removed', 'The key or the head of the chain is missing.'))
    }
    const prover = signerOf(this.#privateKeyPem)
    const walk = new ChainWalk({ checkpoints: this.#checkpoints, head: this.#head, prover })
    this.#walk = walk
    return walk
  }

  #refuse(finding: Finding): never
  #refuse(finding: Finding | undefined): void
  #refuse(finding: Finding | undefined): void {
    if (finding === undefined) return
    throw new Fault({
      code: 'ledger-corrupt',
      operation: 'move a ledger',
      subject: this.#subject,
      hint: `Broken at entry ${finding.position} (${finding.problem}): ${finding.sentence}`,
    })
  }
}
