/** Notices: what a plan wants somebody to be told of its breaches. */
import type { Entry } from '../core/entry/entry.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { Notifier } from '../seams/notifier.ts'
import type { RampWords } from './ramp-words.ts'

/** Tells of the breaches in a batch that was recorded. */
export function tellOfBreaches(
  notifier: Notifier,
  words: RampWords,
  state: RampState,
  entries: readonly Entry[],
): void {
  const { notify, contract } = state.plan
  if (notify === undefined) return
  for (const entry of entries) {
    if (entry.type !== 'stage.breached') continue
    const { stage, condition, policy, cause, atMs } = entry
    const to = words.resolve(stage, notify)
    const { reason, sentence } = cause
    const { kind, name } = contract
    const what = { ramp: state.ramp, kind, contract: name, stage, condition, policy }
    notifier.tell({ to: to.ok ? to.value : {}, what: { ...what, reason, sentence, atMs } })
  }
}
