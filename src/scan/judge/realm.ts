/**
 * Folders that hold things beside each other which nobody runs beside each other: examples, samples,
 * fixtures. Each child is a realm of its own; of documentation, which goes deeper, each folder is.
 */
import { folderOf } from '../found/paths.ts'

const SAMPLES =
  /^(examples?|samples?|demos?|tutorials?|recipes?|cookbook|snippets|starters?|quickstarts?|playgrounds?|boilerplates?|archive|legacy)$/i
const DOCUMENTATION = /^(docs?|documentation|website)$/i
const FIXTURES = /^(__)?(fixtures?|testdata|test-data|mocks?|corpus|goldens?|snapshots?)(__)?$/i

/** The realm of a path: `` for what belongs to the whole. */
export function realmOf(path: string): string {
  const segments = path.split('/')
  if (segments.slice(0, -1).some((_, index) => isDocumentation(segments, index))) {
    return folderOf(path)
  }
  const at = segments.findIndex(
    (segment, index) => index < segments.length - 1 && isSeparating(segment, index),
  )
  return at === -1 ? '' : segments.slice(0, at + 2).join('/')
}

/** `apps/docs` is a program of the repository as its neighbours are. */
function isDocumentation(segments: readonly string[], index: number): boolean {
  const isProgram = /^(apps|packages|services|sites)$/.test(segments[index - 1] ?? '')
  return DOCUMENTATION.test(segments[index] ?? '') && !isProgram
}

/** Whether a file is what tests read, and nobody runs. */
export function isFixture(path: string): boolean {
  return path
    .split('/')
    .slice(0, -1)
    .some((segment) => FIXTURES.test(segment))
}

function isSeparating(segment: string, index: number): boolean {
  // Further down, `templates` are parts of a chart.
  return SAMPLES.test(segment) || FIXTURES.test(segment) || (index === 0 && segment === 'templates')
}
