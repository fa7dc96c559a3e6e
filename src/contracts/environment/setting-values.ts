/**
 * What the settings of a contract come to: what was given, else what they were before, else the
 * default. Pure, so that whoever asks in the server's stead comes to the same.
 */
import type { Json, JsonObject } from '../../core/units/json.ts'
import type { EnvironmentDefinition } from './definition.ts'
import { regionSettingKey } from './region.ts'

/** Values of settings, and those that are others in one region. */
export interface SettingValues {
  readonly values: JsonObject
  /** By region; absent when no region has values of its own. */
  readonly groups?: Readonly<Record<string, JsonObject>>
}

/** The values of all settings that have one. */
export function valuesOfSettings(
  { settings, regions }: Pick<EnvironmentDefinition, 'settings' | 'regions'>,
  given: Readonly<Record<string, string>>,
  earlier?: SettingValues,
): SettingValues {
  const values: Record<string, Json> = {}
  for (const { name, default: fallback } of settings) {
    const value = given[name] ?? earlier?.values[name] ?? fallback
    if (value !== undefined) values[name] = value
  }
  const groups: Record<string, JsonObject> = {}
  for (const { name: region, settings: own } of regions) {
    const inRegion: Record<string, Json> = {}
    for (const { name, default: fallback } of own) {
      const sent = given[regionSettingKey(region, name)]
      const value = sent ?? earlier?.groups?.[region]?.[name] ?? fallback
      if (value !== undefined) inRegion[name] = value
    }
    if (Object.keys(inRegion).length > 0) groups[region] = inRegion
  }
  return Object.keys(groups).length === 0 ? { values } : { values, groups }
}

/** The values where a stage is: those of its region before those of all. */
export function valuesWithin(
  { values, groups }: SettingValues,
  region: string | undefined,
): JsonObject {
  return { ...values, ...groups?.[region ?? ''] }
}
