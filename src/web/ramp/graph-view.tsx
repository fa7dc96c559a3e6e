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
  },
  'stage'
>
type LaneNode = Node<{ readonly title: string }, 'lane'>

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
      selected: row.name === stage,
      ariaLabel: `${row.name}, ${row.label}${path.includes(row.name) ? ', on the critical path' : ''}`,
      data: { row, title: shortName(row.name, group), isCritical: path.includes(row.name) },
    }
  })
  const height = Math.max(...[...layout.places.values()].map(({ y }) => y)) + NODE.height
  return (
    <section
      aria-label="Stages and what they need"
      className="rounded-lg border border-line bg-panel"
      style={{ height: `clamp(18rem, ${height + 60}px, 70vh)` }}
    >
      <ReactFlow<StageNode | LaneNode>
        nodes={[...lanes, ...stages]}
        edges={[...edgesOf(moment, path)]}
        nodeTypes={NODE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        fitView
        fitViewOptions={{ padding: 0.06, maxZoom: 1 }}
        minZoom={0.15}
        maxZoom={1.5}
        zoomOnScroll={false}
        preventScrolling={false}
        proOptions={{ hideAttribution: true }}
        onNodeClick={(_, node) => node.type === 'stage' && onSelect(node.id)}
        onSelectionChange={({ nodes }) => {
          const found = nodes.find((node) => node.type === 'stage')
          if (found !== undefined && found.id !== stage) onSelect(found.id)
        }}
      >
        <FitButton />
      </ReactFlow>
    </section>
  )
}

/** Edges between stages; those of groups are drawn from the last of one to the first of the other. */
function edgesOf({ state }: Moment, path: readonly string[]): readonly Edge[] {
  return state.plan.stages.flatMap((stage, place) =>
    needsOfStage(state, place)
      .filter(({ on }) => {
        const isOwn = stage.needs.some((need) => need.stage === on.stage.name)
        return isOwn || path.includes(on.stage.name)
      })
      .filter(({ on }) => {
        const isOwn = stage.needs.some((need) => need.stage === on.stage.name)
        return isOwn || path[path.indexOf(stage.name) - 1] === on.stage.name
      })
      .map(({ on, until, met }): Edge => {
        const at = path.indexOf(stage.name)
        const isCritical = at > 0 && path[at - 1] === on.stage.name
        return {
          id: `${on.stage.name} ${until} ${stage.name}`,
          source: on.stage.name,
          target: stage.name,
          type: 'default',
          className: clsx(met && 'is-met', isCritical && 'is-critical'),
          markerEnd: {
            type: MarkerType.ArrowClosed,
            width: 14,
            height: 14,
            color: isCritical ? 'var(--accent)' : 'var(--muted)',
          },
        }
      }),
  )
}

function StageCard({ data, selected }: NodeProps<StageNode>): ReactNode {
  const { row, title, isCritical } = data
  return (
    <div
      className={clsx(
        'flex h-full w-full flex-col justify-center rounded-lg border bg-panel px-2.5 text-left',
        selected ? 'border-accent bg-accent-soft' : isCritical ? 'border-accent' : 'border-firm',
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
      {data.title}
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
        onClick={() => void fitView({ padding: 0.06, maxZoom: 1 })}
      >
        <Maximize aria-hidden="true" size={13} />
      </Button>
    </div>
  )
}
