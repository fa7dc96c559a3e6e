/** What no other tool is told: policies, variables from outside, folders, exit codes. */
import { protocolOf } from '../../../core/port/port-protocols.ts'
import type { Component } from '../definition.ts'
import { INHERITED } from '../written-run.ts'
import type { Say } from './plain-text.ts'

/** Says what of a component has no word in a container's world. */
export function sayRest(component: Component, say: Say): void {
  const { name, onBreach, stop, run } = component
  if (onBreach !== 'undo') say({ what: `${name}.onBreach`, why: 'a breach has no policy there' })
  if (component.roll !== undefined) {
    const why = 'how the old one gives way is not told there, nor which port stays the same'
    say({ what: `${name}.roll`, why })
  }
  if (stop.command !== undefined) say({ what: `${name}.stop.command`, why: 'a signal is sent' })
  if (run === undefined) return
  if (run.external !== undefined) {
    say({ what: `${name}.run.external`, why: 'what somebody else runs has no word there' })
    return
  }
  if (run.cwd !== '.') say({ what: `${name}.run.cwd`, why: 'the folder is one of the image there' })
  const inherited = run.inherit.filter((variable) => !INHERITED.includes(variable))
  if (inherited.length > 0) {
    say({ what: `${name}.run.inherit`, why: `${inherited.join(', ')} must be given as variables` })
  }
  for (const port of run.ports) {
    const one = protocolOf(run.protocols, port) === 'tcp' ? 'one' : 'one of UDP'
    say({ what: `${name}.run.ports.${port}`, why: `free ports are not allocated; publish ${one}` })
  }
}

/** Says what of a one-shot's proofs is more than its exit code. */
export function sayProofsOfOneShot(component: Component, say: Say): void {
  for (const { name, probe, input, implied } of component.ready) {
    if (implied) continue
    const what = `${component.name}.ready.${name}`
    if (probe !== 'exit') say({ what, why: 'of what ends, its exit code is the proof' })
    else if (JSON.stringify(input['expect']) !== '[0]') say({ what, why: 'only 0 is well' })
  }
}
