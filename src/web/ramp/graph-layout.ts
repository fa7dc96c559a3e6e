/**
 * Where the stages of a plan stand: one lane a group, and in it one column for each step away from the
 * stages that need nothing of their own group. Pure; the same plan always looks the same.
 */
import { present } from '../../core/fault/assert.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { indexOfPlan } from '../../core/plan/plan-index.ts'

/** @unit px */
export const NODE = { width: 184, height: 58, columnGap: 56, rowGap: 16 } as const

/** Around the stages of a lane, and above them for its name. @unit px */
const LANE = { padding: 16, head: 30, gap: 36 } as const

/** Where something stands. @unit px */
export interface Place {
  readonly x: number
  readonly y: number
}

/** A group, drawn around its stages. */
export interface Lane extends Place {
  readonly name: string
  readonly width: number
  readonly height: number
}

/** A plan, laid out. */
export interface Layout {
  readonly lanes: readonly Lane[]
  /** By the name of the stage. */
  readonly places: ReadonlyMap<string, Place>
}

/** Lays a plan out. */
export function layoutOf(plan: Plan): Layout {
  const names = [...new Set(plan.stages.map(({ group }) => group))]
  const places = new Map<string, Place>()
  const lanes: Lane[] = []
  let top = 0
  for (const name of names) {
    const isLane = name !== undefined
    const inner = { x: isLane ? LANE.padding : 0, y: isLane ? LANE.head : 0 }
    const columns = columnsOf(plan, name)
    const tallest = Math.max(...columns.map((column) => column.length))
    const innerHeight = tallest * (NODE.height + NODE.rowGap) - NODE.rowGap
    for (const [column, stages] of columns.entries()) {
      const height = stages.length * (NODE.height + NODE.rowGap) - NODE.rowGap
      for (const [row, stage] of stages.entries()) {
        places.set(stage, {
          x: inner.x + column * (NODE.width + NODE.columnGap),
          y: top + inner.y + (innerHeight - height) / 2 + row * (NODE.height + NODE.rowGap),
        })
      }
    }
    const height = inner.y + innerHeight + (isLane ? LANE.padding : 0)
    const width = columns.length * (NODE.width + NODE.columnGap) - NODE.columnGap + 2 * inner.x
    if (isLane) lanes.push({ name, x: 0, y: top, width, height })
    top += height + LANE.gap
  }
  return { lanes, places }
}

/** The stages of a group by how many steps of the same group come before them. */
function columnsOf(plan: Plan, group: string | undefined): readonly (readonly string[])[] {
  const { needs } = indexOfPlan(plan)
  const depths = new Map<number, number>()
  const depthOf = (place: number): number => {
    const known = depths.get(place)
    if (known !== undefined) return known
    const before = (needs[place] ?? []).filter(({ stage }) => plan.stages[stage]?.group === group)
    const depth = Math.max(0, ...before.map(({ stage }) => depthOf(stage) + 1))
    depths.set(place, depth)
    return depth
  }
  const columns: string[][] = []
  for (const [place, stage] of plan.stages.entries()) {
    if (stage.group !== group) continue
    const depth = depthOf(place)
    while (columns.length <= depth) columns.push([])
    present(columns[depth], 'the column was just made').push(stage.name)
  }
  return columns
}
