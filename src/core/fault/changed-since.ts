/** The fault of whoever changes what is not any more as they have seen it. */
import { Fault } from './fault.ts'

/**
 * That something was changed since whoever acts has looked at it; nothing was done.
 *
 * @param now its ETag as it is; undefined: it is not there any more
 */
export function changedSince(
  deed: { readonly operation: string; readonly subject: string },
  now: string | undefined,
): Fault {
  const hint =
    now === undefined
      ? 'It is not there any more, so nothing was changed.'
      : `It was changed since you looked: its ETag is ${now} now. Nothing was done; look again.`
  return new Fault({ ...deed, code: 'precondition-failed', hint })
}
