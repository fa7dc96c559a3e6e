/** Which settings come from elsewhere, or are another value, in two environments. Secrets stay unsaid. */
import type { EnvironmentDefinition, Setting } from './definition.ts'
import { regionSettingKey } from './region.ts'

/** One setting that is not the same in both. */
export interface SettingChange {
  /** Its name; where only a region has that value, with the region: `us/password`. */
  readonly setting: string
  /** Where it comes from in the first; absent: the first has none of its own. */
  readonly first?: SettingSource
  readonly second?: SettingSource
}

/** Where a value comes from. */
export interface SettingSource {
  /** The variable that holds it. */
  readonly from?: string
  /** What it is when that is not set; never shown of a secret. */
  readonly default?: string | number | boolean
  /** Whether it has a value in the contract that is kept unsaid. */
  readonly secret?: true
}

/** Every setting that differs, by name. Regions that only one of them has are left out. */
export function compareSettings(
  first: EnvironmentDefinition,
  second: EnvironmentDefinition,
): readonly SettingChange[] {
  const common = first.regions
    .map(({ name }) => name)
    .filter((name) => second.regions.some((other) => other.name === name))
  const [before, after] = [sourcesOf(first, common), sourcesOf(second, common)]
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  return names.flatMap((setting): readonly SettingChange[] => {
    const [one, other] = [before.get(setting), after.get(setting)]
    if (isSame(one, other)) return []
    const change = { ...told('first', one), ...told('second', other) }
    return [{ setting, ...change }]
  })
}

type Source = Pick<Setting, 'from' | 'default' | 'secret'>

function sourcesOf(
  { settings, regions }: EnvironmentDefinition,
  common: readonly string[],
): ReadonlyMap<string, Source> {
  const secrets = new Set(settings.filter(({ secret }) => secret).map(({ name }) => name))
  const own = regions
    .filter(({ name }) => common.includes(name))
    .flatMap((region) =>
      region.settings.map((setting): [string, Source] => [
        regionSettingKey(region.name, setting.name),
        { ...setting, secret: secrets.has(setting.name) },
      ]),
    )
  return new Map([...settings.map((one): [string, Source] => [one.name, one]), ...own])
}

function isSame(one: Source | undefined, other: Source | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return one.from === other.from && one.default === other.default && one.secret === other.secret
}

function told(side: 'first' | 'second', source: Source | undefined): Partial<SettingChange> {
  if (source === undefined) return {}
  const { from, default: value, secret } = source
  const shown = value === undefined ? {} : secret ? { secret: true as const } : { default: value }
  return { [side]: { ...(from === undefined ? {} : { from }), ...shown } }
}
