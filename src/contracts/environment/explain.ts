/** What an environment says, in sentences, for people who did not write it. */
import { DRAIN_MS } from '../../core/port/parting.ts'
import { TTL_MS } from '../../core/port/port-wish.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { Json } from '../../core/units/json.ts'
import { listWords } from '../document/describe-value.ts'
import { explainCarrier } from './carrier.ts'
import type { Component, EnvironmentContract, Roll } from './definition.ts'
import { explainFrontTls } from './front-tls.ts'
import type { Gate } from './gate.ts'
import type { ReadyCondition } from './ready-condition.ts'
import type { Region } from './region.ts'
import { explainShared } from './shared-sockets.ts'
import type { Target } from './target.ts'

/** Explains an environment, component by component, in the order they come up. */
export function explainEnvironment(contract: EnvironmentContract): string {
  const { components, description, regions, agree, targets } = contract.definition
  const count = components.length === 1 ? '1 component' : `${components.length} components`
  const about = description === undefined ? '' : ` ${description}`
  return [
    `${contract.name} is an environment of ${count}${inRegions(regions)}.${about}`,
    ...components.map((component, place) => explainComponent(component, place + 1)),
    ...explainAgreements(agree),
    ...explainTargets(targets),
  ].join('\n')
}

function inRegions(regions: readonly Region[]): string {
  if (regions.length === 0) return ''
  const waves = regions.map(({ name, after }) =>
    after.length === 0 ? name : `${name} (after ${listWords(after, 'and')})`,
  )
  return ` in ${listWords(waves, 'and')}`
}

function explainAgreements(agree: readonly ReadyCondition[]): readonly string[] {
  if (agree.length === 0) return []
  return [
    'Once all regions are ready, they must agree:',
    ...agree.map((one) => `  - ${oneOf(one)}`),
  ]
}

/** What is different for whom. */
function explainTargets(targets: readonly Target[]): readonly string[] {
  if (targets.length === 0) return []
  return ['It is run for:', ...targets.map((target) => `  - ${explainTarget(target)}`)]
}

function explainTarget(target: Target): string {
  const { name, description, regions, settings, without, watch } = target
  const names = settings.map((setting) => setting.name)
  const parts = [
    ...(regions === undefined ? [] : [`in ${listWords(regions, 'and')} only`]),
    ...(without.length === 0 ? [] : [`without ${listWords(without, 'and')}`]),
    ...(names.length === 0 ? [] : [`with its own ${listWords(names, 'and')}`]),
    ...(watch === undefined ? [] : [watch === 'none' ? 'not watched' : 'watched in its own way']),
  ]
  const different = parts.length === 0 ? 'as it stands' : parts.join(', ')
  const about = description === undefined ? '' : ` (${description.replace(/\.$/, '')})`
  return `${name}${about}: ${different}`
}

function oneOf(condition: ReadyCondition): string {
  const { of, input } = condition
  if (of === undefined) return explainCondition(condition)
  const most = input['most'] === undefined ? '' : `, at most ${input['most']} apart`
  const asked = `${of.condition} of ${of.component}`
  return `${condition.name}: ${input['compare']} ${input['value']}${most}, asked by ${asked}`
}

function explainComponent(component: Component, place: number): string {
  const lines = [
    `${place}. ${component.name}${startsWhen(component)}${runs(component)}.${owned(component)}`,
    ...component.ready.map((condition) => `     - ${explainCondition(condition)}`),
  ]
  if (component.ready.length > 0) {
    const within = describeDuration(component.deadlineMs)
    lines.splice(1, 0, `   It is ready when, within ${within}:`)
  }
  lines.splice(1, 0, ...component.gates.map(explainGate))
  const optional = component.optional ? ', and the ramp goes on without it' : ''
  if (component.drain !== undefined) {
    const within = describeDuration(component.drain.deadlineMs)
    lines.push(`   It is stopped only once, within ${within}:`)
    lines.push(...component.drain.until.map((condition) => `     - ${explainCondition(condition)}`))
  }
  if (component.copies !== undefined) {
    const many = `${component.copies} copies of it`
    lines.push(`   ${many} serve side by side behind its front, each once it is proved.`)
  }
  if (component.roll?.isShared === true) lines.push(...explainShared(component, component.roll))
  else if (component.roll !== undefined) {
    lines.push(
      '   When it has changed, the old one serves until the new one and all else is proved;',
    )
    lines.push(
      `   it is stopped once${withinOf(component.roll)}, nothing is under way there any more.`,
    )
    lines.push(...(component.roll.by === undefined ? [] : explainCarrier(component.roll.by)))
    lines.push(...explainFrontTls(component.roll))
  } else lines.push(...explainInherited(component))
  lines.push(`   If that fails: ${component.onBreach}${retries(component)}${optional}.`)
  return lines.join('\n')
}

function explainInherited({ run }: Component): readonly string[] {
  const { inheritedPorts = [] } = run ?? {}
  if (inheritedPorts.length === 0) return []
  const sockets = inheritedPorts.length === 1 ? 'its socket' : 'its sockets'
  const most = describeDuration(TTL_MS)
  return [
    `   Who comes while it is replaced, or once it has died, waits for its next start in ${sockets}`,
    `   (${listWords(inheritedPorts, 'and')}): for ${most}, unless a Ports contract says otherwise.`,
  ]
}

/** A component that says nothing of it leaves it to the Ports contract that its ports are had by. */
function withinOf({ drainMs, lingerMs }: Roll): string {
  const isSaid = drainMs !== undefined || lingerMs !== undefined
  const within = `, within ${describeDuration(drainMs ?? DRAIN_MS)}`
  if (!isSaid) return `${within} unless a Ports contract says otherwise`
  const stays =
    lingerMs === undefined || lingerMs === 0 ? '' : ` and ${describeDuration(lingerMs)} more`
  return `${within}${stays}`
}

function explainGate({ from, count, expiresMs, deadlineMs }: Gate): string {
  const people = count === 1 ? 'one person' : `${count} different people`
  const within = deadlineMs === undefined ? '' : ` within ${describeDuration(deadlineMs)}`
  const expiry =
    expiresMs === undefined ? '' : `; an approval counts for ${describeDuration(expiresMs)}`
  return `   Before that ${people} of ${listWords(from, 'or')} must approve${within}${expiry}.`
}

function owned({ owner }: Component): string {
  return owner === undefined ? '' : ` It is owned by ${owner}.`
}

function startsWhen(component: Component): string {
  if (component.needs.length === 0) return ' comes first'
  const needs = component.needs.map(
    ({ component: name, region, until }) =>
      `${region === undefined ? name : `${region}/${name}`} is ${until}`,
  )
  return ` waits until ${listWords(needs, 'and')}`
}

function runs(component: Component): string {
  if (component.run === undefined) return '; it runs nothing, it only proves'
  const { command, container, external, oneShot } = component.run
  if (external !== undefined) return `; somebody else runs it at ${external.host}`
  if (container !== undefined) {
    return `; then it runs ${container.image} as a container${oneShot ? ' once' : ''}`
  }
  return `; then it runs \`${command.join(' ')}\`${oneShot ? ' once' : ''}`
}

function retries(component: Component): string {
  const { limit } = component.retry
  return limit === 0 ? '' : `, after ${limit} ${limit === 1 ? 'retry' : 'retries'}`
}

function explainCondition(condition: ReadyCondition): string {
  const parts = [`${condition.name}: ${explainInput(condition)}`]
  if (condition.when !== undefined) parts.push(`and ${condition.when}`)
  if (condition.consecutive > 1) parts.push(`${condition.consecutive} times in a row`)
  if (condition.holdMs > 0) parts.push(`for ${describeDuration(condition.holdMs)} without a break`)
  if (condition.deadlineMs !== undefined) {
    parts.push(`within ${describeDuration(condition.deadlineMs)}`)
  }
  if (condition.owner !== undefined) parts.push(`owned by ${condition.owner}`)
  return parts.join(', ')
}

/** What a probe asks about, and the names of what else it looks at. */
function explainInput({ probe, input }: ReadyCondition): string {
  const { expect } = input
  if (probe === 'exit') {
    if (!Array.isArray(expect)) return 'its process keeps running'
    return `its process ends with ${listWords(expect.map(String))}`
  }
  const subjects = ['url', 'address', 'pattern', 'host', 'name', 'path', 'command']
  const subject = subjects.find((key) => input[key] !== undefined)
  const others = Object.keys(input).filter((key) => key !== subject && key !== 'env')
  const about = subject === undefined ? '' : ` ${shorten(input[subject] ?? '')}`
  return `${probe}${about}${others.length === 0 ? '' : ` (${listWords(others, 'and')})`}`
}

function shorten(value: Json): string {
  const text = Array.isArray(value) ? value.join(' ') : String(value)
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
}
