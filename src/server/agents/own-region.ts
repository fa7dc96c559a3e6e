/**
 * What an agent may tell of: the components of its own region, and their lines. Whatever else it names
 * is left out, so that one agent, or whoever has its token, puts no words into another region's mouth.
 * Pure.
 */
import { DEFAULT_REGION } from '../../core/plan/default-region.ts'
import type { ComponentView, LogLine } from '../wire.ts'

/** Which lines were asked for. */
export interface TailWanted {
  readonly subject?: string
  readonly tailLines: number
}

/** The components of a region: `<contract>/<region>/<component>`, where there are regions. */
export function ownComponents(
  region: string,
  told: readonly ComponentView[],
): readonly ComponentView[] {
  return told.filter(
    ({ subject, instance }) => isOf(region, subject) && instance.startsWith(`${subject}#`),
  )
}

/** The lines of a region's components that were asked for, and no more of them. */
export function ownLines(
  region: string,
  { subject: wanted, tailLines }: TailWanted,
  told: readonly LogLine[],
): readonly LogLine[] {
  const own = told.filter(
    ({ subject }) => (wanted === undefined || subject === wanted) && isOf(region, subject),
  )
  return tailLines === 0 ? [] : own.slice(-tailLines)
}

function isOf(region: string, subject: string): boolean {
  const [contract = '', ...rest] = subject.split('/')
  const component = rest.pop() ?? ''
  if (contract === '' || component === '') return false
  return region === DEFAULT_REGION ? rest.length === 0 : rest.join('/') === region
}
