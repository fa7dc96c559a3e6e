/** What a trap is: a program that looks ready and is not, and the contract that sees through it. */

/** Where a trap is set. */
export interface TrapPlace {
  /** Its port: a number, or the template of the port that the contract has allocated. */
  readonly port: string
  /** The URLs of the databases that were made for it, in the order in which it names them. */
  readonly databases: readonly string[]
}

/** A trap. */
export interface Trap {
  readonly name: string
  /** What it looks like and what it is: a sentence. */
  readonly sentence: string
  /** The file below `programs`, without `.ts`. */
  readonly program: string
  /** Whether it gets ready in the end; the program itself puts on record since when. */
  readonly truth: 'becomes' | 'never'
  /** What a careful user writes as `ready` of the component. */
  readonly ready: (place: TrapPlace) => readonly object[]
  /** What he asks once that is so, as a component of its own that needs the first. */
  readonly proof?: (place: TrapPlace) => readonly object[]
  /** How others are told where to look, with `<port>` for the port: `tcp:…` or `http://…`. */
  readonly resource: string
  /** Whether it ends by itself once it has started something. */
  readonly oneShot?: true
  /** Whether a server of an earlier run is on its port already. */
  readonly isOccupied?: true
  /** Names of the databases that it needs, which are made for it. */
  readonly databases?: readonly string[]
  /** More variables of its program. */
  readonly env?: (place: TrapPlace) => Readonly<Record<string, string>>
}

/** How whoever was asked has answered, and when. */
export interface Claim {
  /** `ready`, or `failed`: given up, or still waiting when its time was over. */
  readonly is: 'ready' | 'failed'
  /** @unit ms since 1970 */
  readonly atMs: number
}

/** What a claim is worth. */
export type Judgement = 'right' | 'falseReady' | 'falseFail'

/** Clocks of two processes of one machine differ by so much, since each rounds. @unit ms */
const SLACK_MS = 3

/** Compares a claim with the truth: since when the program is really ready, if it has got so far. */
export function judge(
  { truth }: Pick<Trap, 'truth'>,
  claim: Claim,
  readySinceMs: number | undefined,
): Judgement {
  if (claim.is === 'failed') return truth === 'never' ? 'right' : 'falseFail'
  if (readySinceMs === undefined) return 'falseReady'
  return claim.atMs + SLACK_MS < readySinceMs ? 'falseReady' : 'right'
}
