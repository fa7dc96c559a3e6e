/** Whether conditions make sense for the component they stand in: what contradicts itself is named. */
import { printDuration } from '../../core/units/duration.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { Issue, Path } from '../document/issue.ts'
import {
  type Complaint,
  issueAt,
  type Part,
  pathKey,
  type SourceDocument,
} from '../document/source-document.ts'
import { checkCopies } from './check-copies.ts'
import { checkDatagrams } from './check-datagrams.ts'
import { checkDrain } from './check-drain.ts'
import { checkRoll } from './check-roll.ts'
import { checkRun } from './check-run.ts'
import type { WrittenComponent, WrittenEnvironment } from './written.ts'
import { probesOf, type WrittenCondition } from './written-condition.ts'

/** Everything that contradicts itself. */
export function checkConditions(
  document: SourceDocument,
  written: WrittenEnvironment,
): readonly Issue[] {
  const issues: Issue[] = []
  for (const [name, component] of Object.entries(written.spec.components)) {
    const path = ['spec', 'components', name]
    const say = (at: Path, message: string, part: Part = 'key'): void => {
      if (document.flawed.has(pathKey([...path, ...at]))) return
      const complaint: Complaint = { code: 'contradiction', message }
      issues.push(issueAt(document, [...path, ...at], complaint, part))
    }
    checkComponent(component, name, say)
    checkRun(component, name, say)
    checkPolicies(component, Object.keys(written.spec.regions ?? {}).length > 0, say)
    checkNames(component.ready, ['ready'], say)
    checkNames(component.drain?.until, ['drain', 'until'], say)
    checkDrain(component, name, say)
    checkRoll(component, name, say)
    checkCopies(component, name, say)
    checkDatagrams(component, name, say)
    component.ready?.forEach((condition, index) => {
      const at = ['ready', index]
      checkTimes(component, condition, (key, message) => say([...at, key], message))
      checkProcess(component, condition, (key, message) => say([...at, key], message))
    })
  }
  return issues
}

function checkPolicies(component: WrittenComponent, hasRegions: boolean, say: Say): void {
  if (hasRegions) return
  const message = 'this environment has no regions, so there is none to undo; write undo'
  if (component.onBreach === 'undoRegion') say(['onBreach'], message, 'value')
  component.ready?.forEach((condition, index) => {
    if (condition.onBreach === 'undoRegion') say(['ready', index, 'onBreach'], message, 'value')
  })
}

type Say = (at: Path, message: string, part?: Part) => void

function checkComponent(component: WrittenComponent, name: string, say: Say): void {
  const { run, ready = [], stop } = component
  if (run === undefined && ready.length === 0 && component.use === undefined) {
    say([], `${name} neither runs nor proves anything; give it a key run, a key ready, or both`)
  }
  if (run === undefined && stop !== undefined) {
    say(['stop'], `${name} has no run, so there is nothing to stop`)
  }
  const ports = Object.keys(run?.ports ?? {})
  for (const port of ports) {
    const variable = port.toUpperCase()
    const first = ports.find((other) => other.toUpperCase() === variable)
    if (first !== port) {
      say(['run', 'ports', port], `${first} and ${port} would both be given as PORT_${variable}`)
    }
  }
}

/** Whether names of conditions that stand together differ. */
export function checkNames(
  conditions: readonly { readonly name?: string }[] | undefined,
  path: Path,
  say: Say,
): void {
  const seen = new Set<string>()
  conditions?.forEach(({ name }, index) => {
    if (name === undefined) return
    if (seen.has(name)) {
      say([...path, index, 'name'], `two conditions are called ${name}; their names must differ`)
    }
    seen.add(name)
  })
}

function checkTimes(
  component: WrittenComponent,
  condition: WrittenCondition,
  say: (key: string, message: string) => void,
): void {
  const componentMs = component.deadline ?? 60_000
  const { deadline, holdFor = 0 } = condition
  if (deadline !== undefined && deadline > componentMs) {
    const whose = component.deadline === undefined ? 'its default of' : ''
    const limit = `${whose} ${printDuration(componentMs)}`.trim()
    const message = `${printDuration(deadline)} is longer than the component's deadline, ${limit}`
    say('deadline', `a deadline of ${message}; the longer one could never be reached`)
  }
  const leastMs = deadline ?? componentMs
  if (holdFor >= leastMs) {
    const within = `a deadline of ${printDuration(leastMs)}`
    say('holdFor', `it cannot hold for ${printDuration(holdFor)} within ${within}`)
  }
}

function checkProcess(
  component: WrittenComponent,
  condition: WrittenCondition,
  say: (key: string, message: string) => void,
): void {
  const { run } = component
  const probe = probesOf(condition)[0]
  if (run === undefined && (probe === 'exit' || probe === 'log' || probe === 'notify')) {
    say(probe, `${probe} asks about the component's own process, but it has no run`)
  }
  if (run === undefined || condition.exit === undefined) return
  const isRunning = (condition.exit as JsonObject)['expect'] === 'running'
  if (run.oneShot === true && isRunning) {
    say(
      'exit',
      'a one-shot ends by itself, so it cannot go on running; write the exit code, or leave it out',
    )
  }
  if (run.oneShot !== true && !isRunning) {
    say('exit', 'waits for the process to end; set oneShot: true in run if it ends by itself')
  }
}
