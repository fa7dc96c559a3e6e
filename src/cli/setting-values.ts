/** The values of a contract's settings, read from the caller's process variables. */
import { regionSettingKey } from '../contracts/environment/region.ts'
import { fromOutside } from '../contracts/from-outside.ts'
import type { AnyContract } from '../contracts/index.ts'

/**
 * The variables that the settings of a contract name, as far as they are set. Defaults, and which of
 * them must be set, are the server's business; nothing else of the caller's variables is sent.
 */
export function settingValues(
  contract: AnyContract,
  variables: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {}
  for (const setting of fromOutside(contract).settings) {
    const value = setting.from === undefined ? undefined : variables[setting.from]
    if (value !== undefined) values[setting.name] = value
  }
  for (const region of fromOutside(contract).regions) {
    for (const { name, from } of region.settings) {
      const value = from === undefined ? undefined : variables[from]
      if (value !== undefined) values[regionSettingKey(region.name, name)] = value
    }
  }
  return values
}
