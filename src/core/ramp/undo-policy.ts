/** How stubbornly a stage is undone before its ramp holds and asks for a person. */

/** How many attempts to undo a stage may fail. */
export const UNDO_ATTEMPTS = 3

/** The pause after an attempt to undo failed, doubled each time. @unit ms */
export function undoPauseMs(failures: number): number {
  return 500 * 2 ** (failures - 1)
}
