/** Changes in words, and as they are typed. */
import { type Change, printChange } from '../../core/forecast/change.ts'
import { describeDuration } from '../../core/units/duration.ts'

/** The option that asks for a change. */
export function optionOf(change: Change): string {
  if (change.is === 'cores') return `--cores ${change.cores}`
  if (change.is === 'without') return `--without "${change.needed}->${change.dependent}"`
  return `--what "${printChange(change)}"`
}

/** What a change means. */
export function describeChange(change: Change): string {
  switch (change.is) {
    case 'scale':
      return `${change.stage} takes ${timesText(change.permille)}`
    case 'takes':
      return `${change.stage} is ready after ${describeDuration(change.ms)}`
    case 'hold':
      return change.holdMs === 0
        ? `${change.stage} is ready on the first pass, holding nothing`
        : `${change.stage} holds for ${describeDuration(change.holdMs)}`
    case 'until':
      return change.until === 'provisional'
        ? `${change.dependent} begins on the first pass of ${change.needed}`
        : `${change.dependent} waits until ${change.needed} is ${change.until}`
    case 'without':
      return `${change.dependent} does not wait for ${change.needed}`
    default:
      return change.cores === 1
        ? 'one stage is at work at a time'
        : `${change.cores} stages are at work at a time`
  }
}

function timesText(permille: number): string {
  if (permille === 500) return 'half its time'
  return permille === 2_000 ? 'twice its time' : `${permille / 1_000} times its time`
}
