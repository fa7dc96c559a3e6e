/** Pictures as SVG text: elements, a palette and an axis of time. No colours but these, no fonts to load. */
import { describeDuration } from '../../core/units/duration.ts'

/** Attributes of an element; numbers are rounded to tenths. */
export type Attributes = Readonly<Record<string, string | number>>

/** The colours of pictures. */
export const INK = {
  text: '#1b2430',
  quiet: '#5c6b7a',
  faint: '#e6eaef',
  stripe: '#f6f8fa',
  paper: '#ffffff',
  calm: '#a9b8c9',
  warm: '#f2b45c',
  hot: '#d6451b',
  blue: '#2563a8',
  band: '#cfe0f3',
} as const

/** An element with what is inside it, already written. */
export function element(name: string, attributes: Attributes, inside = ''): string {
  const written = Object.entries(attributes)
    .map(
      ([key, value]) => ` ${key}="${typeof value === 'number' ? tenths(value) : escaped(value)}"`,
    )
    .join('')
  return inside === '' ? `<${name}${written}/>` : `<${name}${written}>${inside}</${name}>`
}

/** A line of text. */
export function text(x: number, y: number, words: string, rest: Attributes = {}): string {
  return element('text', { x, y, fill: INK.text, 'font-size': 13, ...rest }, escaped(words))
}

/** A straight line. */
export function line(
  from: readonly [number, number],
  to: readonly [number, number],
  rest: Attributes,
): string {
  const [x1, y1] = from
  const [x2, y2] = to
  return element('line', { x1, y1, x2, y2, ...rest })
}

/** A whole picture on paper. */
export function picture(
  width: number,
  height: number,
  title: string,
  inside: readonly string[],
): string {
  const root = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'font-family': 'Inter, Segoe UI, Helvetica Neue, Arial, DejaVu Sans, sans-serif',
    role: 'img',
  }
  const paper = element('rect', { width, height, fill: INK.paper })
  const name = element('title', {}, escaped(title))
  return `${element('svg', root, `\n${[name, paper, ...inside].join('\n')}\n`)}\n`
}

/** From calm over warm to hot. @param shareBp 0 to 10000 */
export function heat(shareBp: number): string {
  const share = Math.max(0, Math.min(1, shareBp / 10_000)) * 2
  const [from, to] = share < 1 ? [INK.calm, INK.warm] : [INK.warm, INK.hot]
  const channels = [1, 3, 5].map((at) => {
    const [less, more] = [from, to].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16))
    const mixed = (less ?? 0) + ((more ?? 0) - (less ?? 0)) * (share < 1 ? share : share - 1)
    return Math.round(mixed).toString(16).padStart(2, '0')
  })
  return `#${channels.join('')}`
}

/** Round instants from zero up to an end, about so many. */
export function ticksTo(endMs: number, about: number): readonly number[] {
  const rough = Math.max(1, endMs / about)
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000]
  const minutes = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1_440].map((count) => count * 60_000)
  const step = [...steps, ...minutes].find((candidate) => candidate >= rough) ?? rough
  const ticks: number[] = []
  for (let ms = 0; ms <= endMs; ms += step) ticks.push(ms)
  return ticks
}

/** An instant under an axis, as short as it can be. */
export function tickText(ms: number): string {
  if (ms === 0) return '0'
  if (ms < 60_000 && ms % 100 === 0 && ms >= 1_000) return `${ms / 1_000} s`
  return ms >= 60_000 && ms % 60_000 === 0 && ms < 3_600_000
    ? `${ms / 60_000} min`
    : describeDuration(ms)
}

function escaped(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function tenths(value: number): string {
  return String(Math.round(value * 10) / 10)
}
