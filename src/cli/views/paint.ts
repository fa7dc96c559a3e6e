/** Marks and colours. Colour only where the stream is a terminal that wants it (NO_COLOR honoured). */
import { styleText } from 'node:util'
import type { Mood } from '../../core/telling/stage-rows.ts'

/** Paints text for one stream, or leaves it as it is. */
export interface Paint {
  bold(text: string): string
  dim(text: string): string
  mood(mood: Mood, text: string): string
}

/** What a painter needs to know of a stream. */
export interface PaintedStream {
  readonly isTTY?: boolean | undefined
}

const COLOURS = {
  waiting: 'gray',
  moving: 'cyan',
  good: 'green',
  bad: 'red',
  gone: 'gray',
} as const satisfies Record<Mood, Parameters<typeof styleText>[0]>

/** The mark before a stage's name: told apart by shape, not by colour alone. */
export const MARKS: Readonly<Record<Mood, string>> = {
  waiting: '·',
  moving: '▸',
  good: '✔',
  bad: '✖',
  gone: '○',
}

/** A painter for a stream, given the settings that speak of colour. */
export function paintFor(
  stream: PaintedStream,
  settings: Readonly<Record<string, string | undefined>>,
): Paint {
  const isForced = (settings['FORCE_COLOR'] ?? '') !== '' && settings['FORCE_COLOR'] !== '0'
  const isRefused = (settings['NO_COLOR'] ?? '') !== '' || settings['TERM'] === 'dumb'
  const isColoured = isForced || (stream.isTTY === true && !isRefused)
  const style = (format: Parameters<typeof styleText>[0], text: string): string =>
    isColoured && text !== '' ? styleText(format, text, { validateStream: false }) : text
  return {
    bold: (text) => style('bold', text),
    dim: (text) => style('dim', text),
    mood: (mood, text) => style(COLOURS[mood], text),
  }
}
