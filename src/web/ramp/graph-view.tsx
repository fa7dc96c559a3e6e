/** The plan as a live graph: stages, what each needs, regions as lanes, the critical path in the accent. */
import {
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  useReactFlow,
} from '@xyflow/react'
import { clsx } from 'clsx'
import { Maximize } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { needsOfStage } from '../../core/ramp/needs.ts'
import { type StageRow, stageRows } from '../../core/telling/stage-rows.ts'
import { describeDuration } from '../../core/units/duration.ts'
import { timesOf } from '../../core/why/stage-times.ts'
import { Button } from '../part/button.tsx'
import { Mark, toneText } from '../part/tone.tsx'
import { layoutOf, NODE } from './graph-layout.ts'
import { shortName } from './timeline-view.tsx'
import type { Moment } from './use-ramp.ts'

type StageNode = Node<
  {
    readonly row: StageRow
    readonly title: string
    readonly isCritical: boolean
    readonly isSelected: boolean
  },
  'stage'
>
type LaneNode = Node<{ readonly title: string }, 'lane'>

/** Smaller than half, names cannot be read; then the graph is moved about instead. */
const FIT = { padding: 0.06, minZoom: 0.5, maxZoom: 1 }

const NODE_TYPES = { stage: StageCard, lane: LaneCard }

/** Draws it. */
export function GraphView(props: {
  readonly moment: Moment
  readonly stage: string | undefined
  readonly onSelect: (stage: string | undefined) => void
}): ReactNode {
  const { moment, stage, onSelect } = props
  const { state, nowMs, latest } = moment
  const { plan } = state
  const layout = useMemo(() => layoutOf(plan), [plan])
  const path = timesOf(state, undefined, nowMs).criticalPath
  const rows = stageRows(state, nowMs, latest)
  const lanes = layout.lanes.map(
    ({ name, x, y, width, height }): LaneNode => ({
      id: `lane ${name}`,
      type: 'lane',
      position: { x, y },
      width,
      height,
      data: { title: name },
      selectable: false,
      focusable: false,
      zIndex: -1,
    }),
  )
  const stages = rows.map((row, place): StageNode => {
    const group = plan.stages[place]?.group
    return {
      id: row.name,
      type: 'stage',
      position: layout.places.get(row.name) ?? { x: 0, y: 0 },
      width: NODE.width,
      height: NODE.height,
      selectable: false,
      ariaLabel: `${row.name}, ${row.label}${path.includes(row.name) ? ', on the critical path' : ''}`,
      data: {
        row,
        title: shortName(row.name, group),
        isCritical: path.includes(row.name),
        isSelected: row.name === stage,
      },
    }
  })
  const height = Math.max(...[...layout.places.values()].map(({ y }) => y)) + NODE.height
  return (
    <section
      aria-label="Stages and what they need"
      className="rounded-lg border border-line bg-panel"
      onKeyDown={(event) => {
        const node = (event.target as HTMLElement).closest<HTMLElement>('.react-flow__node-stage')
        if (event.key === 'Enter' || event.key === ' ') onSelect(node?.dataset['id'])
      }}
      style={{ height: `clamp(13rem, ${height + 60}px, 70vh)` }}
    >
      <ReactFlow<StageNode | LaneNode>
        nodes={[...lanes, ...stages]}
        edges={[...edgesOf(moment, path)]}
        nodeTypes={NODE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        fitView
        fitViewOptions={FIT}
        minZoom={0.15}
        maxZoom={1.5}
        zoomOnScroll={false}
        preventScrolling={false}
        proOptions={{ hideAttribution: true }}
        onNodeClick={(_, node) => node.type === 'stage' && onSelect(node.id)}
      >
        <FitButton />
      </ReactFlow>
    </section>
  )
}

/** What stages need of each other, and lanes of lanes. */
function edgesOf({ state }: Moment, path: readonly string[]): readonly Edge[] {
  const { plan } = state
  const isCritical = (from: string, to: string): boolean => {
    const at = path.indexOf(to)
    return at > 0 && path[at - 1] === from
  }
  const groupOf = new Map(plan.stages.map(({ name, group }) => [name, group]))
  const stages = plan.stages.flatMap((stage, place) =>
    needsOfStage(state, place)
      .filter(({ on }) => stage.needs.some((need) => need.stage === on.stage.name))
      .map(({ on, until, met }) =>
        edgeOf(on.stage.name, stage.name, {
          until,
          isMet: met,
          isCritical: isCritical(on.stage.name, stage.name),
        }),
      ),
  )
  const lanes = plan.groups.flatMap(({ name, needs }) =>
    needs.map(({ group, until }) =>
      edgeOf(`lane ${group}`, `lane ${name}`, {
        until,
        isMet: false,
        isCritical: path.some(
          (to, at) => groupOf.get(to) === name && groupOf.get(path[at - 1] ?? '') === group,
        ),
      }),
    ),
  )
  return [...stages, ...lanes]
}

function edgeOf(
  source: string,
  target: string,
  how: { readonly until: string; readonly isMet: boolean; readonly isCritical: boolean },
): Edge {
  // Arrows grow with their line.
  const size = how.isCritical ? 9 : 14
  const color = how.isCritical ? 'var(--accent)' : 'var(--muted)'
  return {
    id: `${source} ${how.until} ${target}`,
    source,
    target,
    className: clsx(how.isMet && 'is-met', how.isCritical && 'is-critical'),
    zIndex: how.isCritical ? 1 : 0,
    markerEnd: { type: MarkerType.ArrowClosed, width: size, height: size, color },
  }
}

function StageCard({ data }: NodeProps<StageNode>): ReactNode {
  const { row, title, isCritical, isSelected } = data
  return (
    <div
      className={clsx(
        'flex h-full w-full cursor-pointer flex-col justify-center rounded-lg border px-2.5 text-left',
        isSelected ? 'bg-accent-soft ring-2 ring-accent' : 'bg-panel hover:bg-sunken',
        isCritical ? 'border-accent' : 'border-firm',
      )}
    >
      <Handle type="target" position={Position.Left} className="opacity-0" />
      <span className="flex items-center gap-1.5">
        <Mark tone={row.mood} size={14} />
        <span className="truncate font-medium text-[0.8125rem]">{title}</span>
        <span className="numbers ml-auto whitespace-nowrap text-muted text-xs">
          {row.tookMs === undefined ? '' : describeDuration(row.tookMs)}
        </span>
      </span>
      <span className="truncate text-muted text-xs">
        <span className={toneText(row.mood)}>{row.label}</span>
        {row.mood === 'good' || row.detail === '' ? '' : ` ${row.detail}`}
      </span>
      <Handle type="source" position={Position.Right} className="opacity-0" />
    </div>
  )
}

function LaneCard({ data }: NodeProps<LaneNode>): ReactNode {
  return (
    <div className="h-full w-full rounded-lg border border-line bg-page px-4 py-2 font-medium text-muted text-xs">
      <Handle type="target" position={Position.Top} className="opacity-0" />
      {data.title}
      <Handle type="source" position={Position.Bottom} className="opacity-0" />
    </div>
  )
}

function FitButton(): ReactNode {
  const { fitView } = useReactFlow()
  return (
    <div className="absolute top-2 right-2 z-10">
      <Button
        className="h-7 w-7 px-0"
        aria-label="Show the whole graph"
        title="Show the whole graph"
        onClick={() => void fitView(FIT)}
      >
        <Maximize aria-hidden="true" size={13} />
      </Button>
    </div>
  )
}
