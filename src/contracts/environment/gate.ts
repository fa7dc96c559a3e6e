/** Gates of components: what must be true before one is entered. */
import type { Condition } from '../../core/plan/condition.ts'
import type { WrittenGate } from './written-gate.ts'

/** People who must approve before a component is entered. */
export interface Gate {
  /** Unique in its component: `approval`, `approval-2`. */
  readonly name: string
  /** Roles, groups or full names, any of which will do. */
  readonly from: readonly string[]
  /** @minimum 1 @default 1 */
  readonly count: number
  /** How long an approval counts when nothing was begun upon it; absent: as long as the ramp. @unit ms */
  readonly expiresMs?: number
  /** Absent: as long as it takes. @unit ms */
  readonly deadlineMs?: number
}

/** The gates as they are written, with their names. */
export function gatesOf(written: readonly WrittenGate[]): readonly Gate[] {
  return written.map(({ approval: { from, count = 1, expires, deadline } }, place) => ({
    name: place === 0 ? 'approval' : `approval-${place + 1}`,
    from: typeof from === 'string' ? [from] : from,
    count,
    ...(expires === undefined ? {} : { expiresMs: expires }),
    ...(deadline === undefined ? {} : { deadlineMs: deadline }),
  }))
}

/** A gate as plans hold it. Once it was met it stays so: what was begun upon it is under way. */
export function gateConditionOf({ name, from, count, expiresMs, deadlineMs }: Gate): Condition {
  return {
    name,
    question: {
      ask: 'approval',
      from,
      count,
      ...(expiresMs === undefined ? {} : { expiresMs }),
    },
    consecutive: 1,
    holdMs: 0,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    watch: 'none',
    tolerance: { failures: 0, ms: 0 },
  }
}
