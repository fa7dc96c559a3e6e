/** Commands: what a ramp wants done in the world right now. */

import type { Entry, Purpose } from '../entry/entry.ts'
import { present } from '../fault/assert.ts'
import type { Command } from '../plan/plan.ts'
import { type RampState, type StageView, stageAt, stageNamed } from './state.ts'

/** A command with all that an actuator needs but resolved templates. */
export interface CommandToRun {
  /** `<ramp>/<stage>/<sequence>` */
  readonly id: string
  readonly stage: string
  readonly purpose: Purpose
  readonly fence: number
  readonly command: Command
}

/** The commands issued by these entries. */
export function commandsOf(state: RampState, entries: readonly Entry[]): readonly CommandToRun[] {
  return entries.flatMap((entry) => {
    if (entry.type !== 'command.issued') return []
    const view = present(stageNamed(state, entry.stage), 'a command belongs to a stage')
    return view.now.inFlight?.id === entry.command ? [toRun(view)] : []
  })
}

/** Every command that was issued and has no answer: what is repeated after a crash. */
export function unansweredCommands(state: RampState): readonly CommandToRun[] {
  return state.stages.flatMap((stage, place) =>
    stage.inFlight === undefined ? [] : [toRun(stageAt(state, place))],
  )
}

/** Whether a ramp no longer wants a command done that is under way. */
export function isUnwanted(state: RampState, command: CommandToRun): boolean {
  if (command.purpose === 'undo') return state.ended !== undefined
  const phase = stageNamed(state, command.stage)?.now.phase
  return state.ended !== undefined || phase === 'undoing' || phase === 'failed'
}

function toRun(view: StageView): CommandToRun {
  const { id, purpose, fence } = present(view.now.inFlight, 'the command is in flight')
  const command = purpose === 'do' ? view.stage.command : view.stage.compensation
  return { id, stage: view.now.name, purpose, fence, command: present(command, 'it is declared') }
}
