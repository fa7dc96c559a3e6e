/** The live view on a terminal: the ramp's lines, redrawn as it moves. */
import { Box, type Instance, render, Text } from 'ink'
import { createElement, type ReactNode } from 'react'
import type { RampState } from '../../core/ramp/state.ts'
import type { LatestAnswers } from '../../core/telling/stage-rows.ts'
import type { OutputStream } from '../cli-parts.ts'
import type { Paint } from './paint.ts'
import { rampLines } from './ramp-lines.ts'

/** How often the clocks of the view go on while nothing else changes. @unit ms */
const REDRAW_MS = 100

/** A live view of one ramp. */
export interface LiveView {
  show(state: RampState, latest: LatestAnswers): void
  /** A line below the stages: what Ctrl-C would do, or what is being done. */
  note(text: string): void
  /** Leaves the last picture standing and gives the terminal back. Idempotent. */
  close(): void
}

/** What a live view needs. */
export interface LiveViewOptions {
  readonly stream: OutputStream
  readonly paint: Paint
  nowMs(): number
}

/** Opens a live view; nothing is drawn before the first state. */
export function openLiveView(options: LiveViewOptions): LiveView {
  const { stream, paint } = options
  let shown: { readonly state: RampState; readonly latest: LatestAnswers } | undefined
  let note = ''
  let instance: Instance | undefined
  let isClosed = false
  const draw = (): void => {
    if (shown === undefined || isClosed) return
    const width = (stream.columns ?? 80) - 1
    const { state, latest } = shown
    const lines = rampLines({ state, latest, nowMs: options.nowMs(), paint, width })
    const node = page([...lines, '', paint.dim(note)])
    if (instance === undefined) {
      // Ink writes the way a terminal stream does; ours is the caller's own standard error.
      const stdout = stream as unknown as NodeJS.WriteStream
      // Whether to draw was decided by the caller; Ink would look at CI variables of its own.
      const options = { stdout, interactive: true, exitOnCtrlC: false, patchConsole: false }
      instance = render(node, options)
    } else {
      instance.rerender(node)
    }
  }
  const timer = setInterval(draw, REDRAW_MS)
  return {
    show(state, latest) {
      const isFirst = shown === undefined
      shown = { state, latest }
      if (isFirst || state.ended !== undefined || state.held !== undefined) draw()
    },
    note(text) {
      note = text
      draw()
    },
    close() {
      clearInterval(timer)
      note = ''
      draw()
      isClosed = true
      instance?.unmount()
    },
  }
}

function page(lines: readonly string[]): ReactNode {
  const rows = lines.map((line, index) =>
    createElement(Text, { key: index, wrap: 'truncate-end' }, line === '' ? ' ' : line),
  )
  return createElement(Box, { flexDirection: 'column' }, rows)
}
