/** Regions, understood, and what they make of components: one stage for each component in each region. */
import type { Until } from '../../core/plan/plan.ts'
import { PLAIN_STAGE } from '../plain-stage.ts'
import type { Component, EnvironmentDefinition } from './definition.ts'
import type { WrittenRegion, WrittenRegionSetting } from './written-region.ts'

/** A place where components are run. */
export interface Region {
  readonly name: string
  readonly description?: string
  /** Regions that must be ready before. */
  readonly after: readonly string[]
  /** Settings that have another value here. */
  readonly settings: readonly RegionSetting[]
}

/** A setting that has another value in one region, or for one target. */
export interface RegionSetting {
  readonly name: string
  /** The variable of the calling process that holds it. */
  readonly from?: string
  readonly default?: string | number | boolean
}

/** A component in one region, or in the one place that an environment without regions is. */
export interface Placement {
  /** `eu/db`, or `db` without regions. */
  readonly stage: string
  readonly region?: string
  readonly component: Component
  readonly needs: readonly PlacedNeed[]
}

/** What a component in a region waits for. */
export interface PlacedNeed {
  readonly stage: string
  readonly until: Until
  /** Whether, on the way down, that one stays until this one is gone. */
  readonly drain: boolean
}

/** What a region's own value of a setting is sent as: `us/dbPassword`. */
export function regionSettingKey(region: string, setting: string): string {
  return `${region}/${setting}`
}

/** Regions in the order of their waves, and by name within one. */
export function regionsOf(
  written: Readonly<Record<string, WrittenRegion>> | undefined,
): readonly Region[] {
  const rest = new Map(
    Object.entries(written ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, region]) => [name, regionOf(name, region)]),
  )
  const ordered: Region[] = []
  while (rest.size > 0) {
    const free = [...rest.values()].filter((one) => !one.after.some((name) => rest.has(name)))
    // A circle has been refused before; taking the rest keeps this total all the same.
    const next = free.length > 0 ? free : [...rest.values()]
    for (const one of next) rest.delete(one.name)
    ordered.push(...next)
  }
  return ordered
}

function regionOf(name: string, written: WrittenRegion): Region {
  const { description, after = [], settings } = written
  return {
    name,
    ...(description === undefined ? {} : { description }),
    after,
    settings: settingOverrides(settings),
  }
}

/** Settings that have another value somewhere, by name. */
export function settingOverrides(
  written: Readonly<Record<string, WrittenRegionSetting>> | undefined,
): readonly RegionSetting[] {
  const sorted = Object.entries(written ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([name, value]) => ({ name, ...sourceOf(value) }))
}

function sourceOf(value: WrittenRegionSetting): Omit<RegionSetting, 'name'> {
  return typeof value === 'object' ? value : { default: value }
}

/** Every component in every region it is part of, region by region. */
export function placementsOf(definition: EnvironmentDefinition): readonly Placement[] {
  const { regions, components } = definition
  if (regions.length === 0) {
    return components.map((component) => ({
      stage: component.name,
      component,
      needs: component.needs.map((need) => ({ ...need, stage: need.component })).map(placedNeed),
    }))
  }
  return regions.flatMap(({ name: region }) =>
    components
      .filter((component) => component.regions?.includes(region) ?? true)
      .map((component) => ({
        stage: `${region}/${component.name}`,
        region,
        component,
        needs: component.needs
          .map((need) => ({ ...need, stage: `${need.region ?? region}/${need.component}` }))
          .map(placedNeed),
      })),
  )
}

function placedNeed(need: PlacedNeed): PlacedNeed {
  const { stage, until, drain } = need
  return { stage, until, drain }
}

/** A stage about a component where it is placed, as far as nothing else is said of it. */
export function placedStage({
  region,
  component,
}: Pick<Placement, 'region' | 'component'>): typeof PLAIN_STAGE {
  const { owner } = component
  return {
    ...PLAIN_STAGE,
    ...(region === undefined ? {} : { group: region }),
    ...(owner === undefined ? {} : { owner }),
  }
}
