/** Lead times of the runs before, ramp after ramp: whether this is slow, or has become so. */
import { type ReactNode, useEffect, useRef } from 'react'
import uPlot from 'uplot'
import type { RampState } from '../../core/ramp/state.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { RampSummary } from '../../server/wire.ts'

const HEIGHT = 150

/** The chart; nothing where there is no line to draw. */
export function LeadTimes(props: {
  readonly runs: readonly RampSummary[]
  readonly now: RampState
}): ReactNode {
  const { runs, now } = props
  const reached = runs.filter(({ outcome }) => outcome === 'reached')
  const tookMs = reached.map((run) => (run.endedAtMs ?? run.latestMs) - run.openedAtMs)
  const nowMs = (now.ended?.atMs ?? now.latestMs) - now.openedAtMs
  const values = [...tookMs, nowMs]
  if (values.length < 3) return null
  const longest = describeDuration(Math.max(...values))
  return (
    <figure>
      <figcaption className="mb-2 font-semibold text-[0.8125rem]">
        Lead times of {values.length} runs, this one last
      </figcaption>
      <div
        role="img"
        aria-label={`This run took ${describeDuration(nowMs)}, the longest ${longest}`}
        className="rounded-lg border border-line bg-panel p-3"
      >
        <Chart values={values} />
      </div>
    </figure>
  )
}

function Chart({ values }: { readonly values: readonly number[] }): ReactNode {
  const box = useRef<HTMLDivElement>(null)
  const key = values.join()
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const seconds = key.split(',').map((ms) => Number(ms) / 1_000)
    const { color, borderColor } = getComputedStyle(element)
    const accent = getComputedStyle(document.documentElement).getPropertyValue('--accent-line')
    const grid = { stroke: borderColor, width: 1 }
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false }, y: { range: (_, __, most) => [0, most * 1.1] } },
        axes: [
          {
            stroke: color,
            grid: { show: false },
            ticks: { show: false },
            values: () => [],
            size: 8,
          },
          {
            stroke: color,
            grid,
            ticks: grid,
            size: 52,
            values: (_, marks) => marks.map((at) => `${at} s`),
          },
        ],
        series: [
          {},
          {
            stroke: accent || color,
            width: 2,
            points: { show: true, size: 6, fill: accent || color },
          },
        ],
      },
      [seconds.map((_, index) => index), seconds],
      element,
    )
    const fit = new ResizeObserver(() =>
      chart.setSize({ width: element.clientWidth, height: HEIGHT }),
    )
    fit.observe(element)
    return () => {
      fit.disconnect()
      chart.destroy()
    }
  }, [key])
  return <div ref={box} className="border-line text-muted" style={{ height: HEIGHT }} />
}
