/** Whether a component can be emptied as it says before it is stopped. */
import { printDuration } from '../../core/units/duration.ts'
import type { Path } from '../document/issue.ts'
import type { Part } from '../document/source-document.ts'
import type { WrittenComponent } from './written.ts'
import type { WrittenCondition } from './written-condition.ts'
import type { WrittenDrain } from './written-drain.ts'

const DEADLINE_MS = 60_000

type Say = (at: Path, message: string, part?: Part) => void

/** Says everything that contradicts itself in the `drain` of a component. */
export function checkDrain(component: WrittenComponent, name: string, say: Say): void {
  const { drain } = component
  if (drain === undefined) return
  const why = whyNever(component, name)
  if (why !== undefined) {
    say(['drain'], `${why}, so there is nothing to empty first`)
    return
  }
  if (drain.signal === 'SIGKILL') {
    const message = 'SIGKILL ends it at once, so nothing could be emptied; write another signal'
    say(['drain', 'signal'], message, 'value')
  }
  drain.until.forEach((condition, index) => {
    checkCondition(drain, condition, (key, message) =>
      say(['drain', 'until', index, key], message, 'value'),
    )
  })
}

function whyNever({ run }: WrittenComponent, name: string): string | undefined {
  if (run === undefined) return `${name} has no run`
  if (run.external !== undefined) return `${name} is run by somebody else and not stopped`
  return run.oneShot === true ? `${name} is a one-shot, which ends by itself` : undefined
}

function checkCondition(
  { deadline: wholeMs = DEADLINE_MS }: WrittenDrain,
  { onBreach, watch, deadline = 0, holdFor = 0 }: WrittenCondition,
  say: (key: string, message: string) => void,
): void {
  if (onBreach === 'undo' || onBreach === 'undoRegion') {
    say('onBreach', 'the way down takes nothing back; write hold, abort or ignore')
  }
  if (watch !== undefined) {
    say('watch', 'what is stopped once it is empty is not watched; leave watch out')
  }
  const whole = printDuration(wholeMs)
  if (deadline > wholeMs) {
    const message = `${printDuration(deadline)} is longer than the deadline of the drain, ${whole}`
    say('deadline', `a deadline of ${message}; the longer one could never be reached`)
  }
  if (holdFor >= wholeMs) {
    say('holdFor', `it cannot hold for ${printDuration(holdFor)} within a deadline of ${whole}`)
  }
}
