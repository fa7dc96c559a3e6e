/** Whether a component can have as many copies as it says. */
import type { Path } from '../document/issue.ts'
import type { Part } from '../document/source-document.ts'
import type { WrittenComponent } from './written.ts'

type Say = (at: Path, message: string, part?: Part) => void

/** Says why a component cannot have copies, if it cannot. One is what every component has. */
export function checkCopies(component: WrittenComponent, name: string, say: Say): void {
  const { copies = 1 } = component
  if (copies === 1) return
  const why = whyNever(component, name)
  if (why !== undefined) say(['copies'], why)
}

function whyNever({ run, roll, optional }: WrittenComponent, name: string): string | undefined {
  if (run === undefined) return `${name} has no run, so there is nothing to copy; take copies out`
  if (run.external !== undefined) {
    return `${name} is run by somebody else, who says how many of it there are; take copies out`
  }
  if (run.command === undefined) {
    return `${name} is not run as a process; only processes have copies; take copies out`
  }
  if (run.oneShot === true) {
    return `${name} is a one-shot, which ends by itself; copies are of what serves; take copies out`
  }
  if (roll === undefined) {
    return `copies of ${name} need a front that spreads what comes over them; add roll: {}`
  }
  if (roll.by === 'descriptor') {
    return `copies of ${name} are spread over by a front, and a shared socket has none; leave roll.by out, or copies`
  }
  if (optional !== true) return undefined
  return `${name} is optional: were one copy left out, the others would run for nobody; take optional or copies out`
}
