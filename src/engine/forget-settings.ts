/**
 * Forgetting the settings of a ramp that was not opened: they may be secret, and nobody would ever need
 * them. Where it is not certain that it was not opened they are left to be pruned.
 */
import { isFault } from '../core/fault/fault.ts'
import type { RampSettings, SettingsStore } from '../seams/settings.ts'

/** Settings without a secret, in place of those of a ramp that was not opened. */
const NO_SETTINGS: RampSettings = { values: {}, secrets: [], run: {} }

/** Faults after which the ramp may be open all the same, or be opened later. */
const UNCERTAIN = ['store-unavailable', 'engine-closed', 'ledger-fenced'] as const

/** Forgets them, unless the ramp may be open in spite of what went wrong. */
export async function forgetSettings(
  settings: SettingsStore,
  ramp: string,
  thrown: unknown,
): Promise<void> {
  if (!isFault(thrown) || UNCERTAIN.some((code) => thrown.code === code)) return
  try {
    await settings.keep(ramp, NO_SETTINGS)
  } catch (error) {
    // The first cause is what counts; what could not be forgotten now is pruned at the next start.
    if (!isFault(error)) throw error
  }
}
