/**
 * Changes: what is known to differ between a ramp and the last good one, and which stages it touches.
 * Plans hold templates and never values, so what stands in them may be shown; of settings and files
 * only fingerprints are known.
 */
import type { Stage } from '../plan/plan.ts'
import type { Json } from '../units/json.ts'
import { differencesOf } from './differences.ts'
import type { Run } from './question.ts'

/** One thing that differs. */
export interface Change {
  /** A stage of the contract, a file that a stage's command names, or a setting. */
  readonly of: 'stage' | 'release' | 'setting'
  /** The stages that it touches: those that are defined by it, run it or mention it. */
  readonly stages: readonly string[]
  /** Where in the stage: `command[1]`, `http: url`; the file; the setting. */
  readonly at: string
  /** The condition that it is about, when it is about one alone. */
  readonly condition?: string
  /** One sentence for people. */
  readonly sentence: string
}

/** Of one stage, only so many differences are told. */
const DIFFERENCES_MAX = 5

/** What differs in a ramp from an earlier one. */
export function changesSince(before: Run, after: Run): readonly Change[] {
  return [
    ...stageChanges(before, after),
    ...releaseChanges(before, after),
    ...settingChanges(before, after),
  ]
}

function stageChanges(before: Run, after: Run): readonly Change[] {
  const old = new Map(before.state.plan.stages.map((stage) => [stage.name, stage]))
  const changes: Change[] = []
  for (const stage of after.state.plan.stages) {
    const was = old.get(stage.name)
    old.delete(stage.name)
    if (was === undefined) {
      const sentence = `${stage.name} is new in the contract.`
      changes.push({ of: 'stage', stages: [stage.name], at: 'stage', sentence })
    } else changes.push(...changesOfStage(was, stage))
  }
  for (const name of old.keys()) {
    const sentence = `${name} was taken out of the contract.`
    changes.push({ of: 'stage', stages: [name], at: 'stage', sentence })
  }
  return changes
}

function changesOfStage(was: Stage, is: Stage): readonly Change[] {
  const differences = differencesOf(partsOf(was), partsOf(is))
  return differences.slice(0, DIFFERENCES_MAX).map(({ path, before, after }) => {
    const [part = '', ...rest] = path
    const condition = /^condition (.*)$/.exec(part)?.[1]
    const at = condition === undefined ? path.join('.') : [condition, rest.join('.')].join(': ')
    const sentence = `${is.name}: ${at} ${describeDifference(before, after)}.`
    const about = condition === undefined ? {} : { condition }
    return { of: 'stage', stages: [is.name], at, sentence, ...about }
  })
}

/** A stage as people know it: what follows from other members of it is left out. */
function partsOf(stage: Stage): Json {
  const { name: _, command, compensation, conditions, gates, guards, ...rest } = stage
  const { digest: __, ...input } = command?.input ?? {}
  const placed = [...gates, ...conditions, ...guards].map(({ name, question, ...firmness }) => {
    const { input: asked, ...how } =
      question.ask === 'probe' ? question : { ...question, input: {} }
    return [`condition ${name}`, { ...asked, ...how, ...firmness }]
  })
  const doing = command === undefined ? {} : { ...input, actuator: command.actuator }
  return { ...rest, ...doing, ...Object.fromEntries(placed) } as unknown as Json
}

function releaseChanges(before: Run, after: Run): readonly Change[] {
  const changes: Change[] = []
  const [was, is] = [before.circumstances?.releases, after.circumstances?.releases]
  for (const [stage, files] of Object.entries(is ?? {})) {
    for (const [file, digest] of Object.entries(files)) {
      const old = was?.[stage]?.[file]
      if (old === undefined || old === digest) continue
      const sentence = `${stage}: the file ${file} is not the one that the last good run had.`
      changes.push({ of: 'release', stages: [stage], at: file, sentence })
    }
  }
  return changes
}

function settingChanges(before: Run, after: Run): readonly Change[] {
  const [was, is] = [before.circumstances?.settings, after.circumstances?.settings]
  if (was === undefined || is === undefined) return []
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort()
  return names.flatMap((name): readonly Change[] => {
    if (was[name] === is[name]) return []
    const how =
      was[name] === undefined ? 'is new' : is[name] === undefined ? 'is gone' : 'has another value'
    const stages = after.state.plan.stages.filter((stage) => mentionsSetting(stage, name))
    const sentence = `The setting ${name} ${how}.`
    return [{ of: 'setting', stages: stages.map((stage) => stage.name), at: name, sentence }]
  })
}

/** Whether a part of a plan has an expression that refers to a setting. */
export function mentionsSetting(part: unknown, name: string): boolean {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const pattern = new RegExp(
    `\\bsettings(\\.${escaped}(?![\\w-])|\\[\\\\?["']${escaped}\\\\?["']\\])`,
  )
  return pattern.test(JSON.stringify(part))
}

/** How much of a value is shown. */
const SHOWN_MAX = 60

/** Both values in words, from where they begin to differ if they are long. */
function describeDifference(before: Json | undefined, after: Json | undefined): string {
  const [was, is] = [textOf(before), textOf(after)]
  if (was === undefined) return `is ${cut(is ?? 'nothing', 0)} and was not there`
  if (is === undefined) return `was ${cut(was, 0)} and is gone`
  let same = 0
  while (same < was.length && was[same] === is[same]) same += 1
  const isLong = Math.max(was.length, is.length) > SHOWN_MAX
  const from = isLong && same > SHOWN_MAX / 3 ? same - Math.floor(SHOWN_MAX / 3) : 0
  return `was ${cut(was, from)} and is ${cut(is, from)}`
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : JSON.stringify(value)
}

function cut(text: string, from: number): string {
  const shown = text.slice(from, from + SHOWN_MAX)
  const isCut = from + SHOWN_MAX < text.length
  return `${from > 0 ? '…' : ''}${shown}${isCut ? '…' : ''}`
}
