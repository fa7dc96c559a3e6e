/** When what was refused is tried again, and when it is given up. Pure but for the chance it is given. */
import type { Random } from '../../seams/random.ts'

/** How long it is tried. */
export interface BackOff {
  /** Before the second attempt; doubled for each further one. @unit ms @default 5000 */
  readonly firstMs: number
  /** The longest pause. @unit ms @default one hour */
  readonly mostMs: number
  /** From being queued to being given up. @unit ms @default one day */
  readonly giveUpMs: number
}

/** About fifteen attempts in a day. */
export const USUAL_BACK_OFF: BackOff = {
  firstMs: 5_000,
  mostMs: 3_600_000,
  giveUpMs: 86_400_000,
}

/** The pause after so many attempts: between half and all of it, so that not all come back at once. */
export function pauseMs({ firstMs, mostMs }: BackOff, attempts: number, random: Random): number {
  const whole = Math.min(firstMs * 2 ** Math.min(attempts - 1, 30), mostMs)
  const half = Math.ceil(whole / 2)
  return half + random.integer(half + 1)
}
