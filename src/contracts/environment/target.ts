/**
 * Targets, understood, and what they make of an environment: the same components with other settings,
 * in fewer regions, without some of them. A target never adds anything.
 */

import { Fault } from '../../core/fault/fault.ts'
import { listWords } from '../document/describe-value.ts'
import { nearestWord } from '../document/nearest-word.ts'
import type { EnvironmentContract, EnvironmentDefinition, Setting, Watching } from './definition.ts'
import type { ReadyCondition } from './ready-condition.ts'
import { type Region, type RegionSetting, settingOverrides } from './region.ts'
import type { WrittenTarget } from './written-target.ts'
import type { WrittenWatch } from './written-watch.ts'

/** For whom an environment is run, and what is different there. */
export interface Target {
  readonly name: string
  readonly description?: string
  /** The regions it has; absent: all of the environment's. */
  readonly regions?: readonly string[]
  /** Settings that have another value here; a region's own value goes before it. */
  readonly settings: readonly RegionSetting[]
  /** Components that it is run without. */
  readonly without: readonly string[]
  /** How it is watched; absent: as the environment says. */
  readonly watch?: Watching | 'none'
}

/** Targets, by name. */
export function targetsOf(
  written: Readonly<Record<string, WrittenTarget>> | undefined,
  watchingOf: (written: WrittenWatch) => Watching | undefined,
): readonly Target[] {
  return Object.entries(written ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { description, regions, settings, without = [], watch }]) => ({
      name,
      ...(description === undefined ? {} : { description }),
      ...(regions === undefined ? {} : { regions }),
      settings: settingOverrides(settings),
      without,
      ...(watch === undefined ? {} : { watch: watchingOf(watch) ?? 'none' }),
    }))
}

/**
 * The environment as it is for a target; as it is written where it has no targets.
 *
 * @throws target-unknown when it has no such target
 * @throws target-missing when it has targets and none is named
 */
export function aimEnvironment(
  contract: EnvironmentContract,
  name?: string,
): EnvironmentDefinition {
  const { definition } = contract
  const { targets } = definition
  if (name === undefined) {
    if (targets.length === 0) return definition
    throw missingTarget(contract)
  }
  const target = targets.find((one) => one.name === name)
  if (target === undefined) throw unknownTarget(contract, name)
  return aimed(definition, target)
}

function aimed(definition: EnvironmentDefinition, target: Target): EnvironmentDefinition {
  const { watch: usualWatch, ...rest } = definition
  const regions = regionsIn(definition.regions, target)
  const watch = target.watch ?? usualWatch
  return {
    ...rest,
    settings: definition.settings.map((setting) => settingIn(setting, target)),
    regions,
    components: definition.components.filter(({ name }) => !target.without.includes(name)),
    agree: agreementsIn(definition, regions, target),
    ...(watch === undefined || watch === 'none' ? {} : { watch }),
  }
}

/**
 * The setting with the source that it has here, and no other: should the variable for production not be
 * set, the default that a laptop has must not stand in for it.
 */
function settingIn(setting: Setting, target: Target): Setting {
  const override = target.settings.find(({ name }) => name === setting.name)
  if (override === undefined) return setting
  const { from, default: usual, ...rest } = setting
  return { ...rest, ...override }
}

/** The regions a target has; waves that run through one it does not have are closed again. */
function regionsIn(regions: readonly Region[], target: Target): readonly Region[] {
  const { regions: wanted } = target
  if (wanted === undefined) return regions
  const byName = new Map(regions.map((region) => [region.name, region]))
  const before = (names: readonly string[]): readonly string[] =>
    names.flatMap((name) =>
      wanted.includes(name) ? [name] : before(byName.get(name)?.after ?? []),
    )
  return regions
    .filter(({ name }) => wanted.includes(name))
    .map((region) => ({ ...region, after: [...new Set(before(region.after))] }))
}

/** What is still to be agreed on: nothing in one region, and nothing about what is not there. */
function agreementsIn(
  { agree, components }: EnvironmentDefinition,
  regions: readonly Region[],
  { without }: Target,
): readonly ReadyCondition[] {
  if (regions.length < 2) return []
  return agree.filter(({ of }) => {
    if (of === undefined) return true
    if (without.includes(of.component)) return false
    const only = components.find(({ name }) => name === of.component)?.regions
    return regions.filter(({ name }) => only?.includes(name) ?? true).length >= 2
  })
}

function missingTarget({ name, definition }: EnvironmentContract): Fault {
  const names = definition.targets.map((target) => target.name)
  return new Fault({
    code: 'target-missing',
    operation: 'choose the target',
    subject: name,
    hint: `${name} has the targets ${listWords(names, 'and')}, and none was named.`,
  })
}

function unknownTarget({ name, definition }: EnvironmentContract, called: string): Fault {
  const names = definition.targets.map((target) => target.name)
  const nearest = nearestWord(called, names)
  const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`
  const hint =
    names.length === 0
      ? `${name} has no targets, so it cannot be run for ${called}; leave --target out.`
      : `${name} has no target ${called}; there are ${listWords(names, 'and')}.${meant}`
  return new Fault({ code: 'target-unknown', operation: 'choose the target', subject: name, hint })
}
