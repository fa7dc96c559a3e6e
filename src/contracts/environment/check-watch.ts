/** Whether what is to follow a broken promise can follow, whoever the environment is for. */
import type { Issue, Path } from '../document/issue.ts'
import { issueAt, type SourceDocument } from '../document/source-document.ts'
import type { Sketch } from './sketch.ts'
import type { WrittenEnvironment } from './written.ts'
import type { WrittenWatch } from './written-watch.ts'

/** Everything that is wrong with how an environment is watched, whoever it is for. */
export function checkWatch(
  document: SourceDocument,
  sketch: Sketch,
  { spec }: WrittenEnvironment,
): readonly Issue[] {
  const places: readonly (readonly [Path, WrittenWatch | undefined])[] = [
    [['spec', 'watch'], spec.watch],
    ...Object.entries(spec.targets ?? {}).map(
      ([name, { watch }]) => [['spec', 'targets', name, 'watch'], watch] as const,
    ),
  ]
  return places.flatMap(([path, watch]) => checkOne(document, sketch, path, watch ?? {}))
}

function checkOne(
  document: SourceDocument,
  sketch: Sketch,
  path: Path,
  watch: WrittenWatch,
): readonly Issue[] {
  if (watch === false || watch.onBreach !== 'undoRegion' || sketch.regions.size > 0) return []
  const message = 'this environment has no regions, so there is none to undo; write undo'
  return [issueAt(document, [...path, 'onBreach'], { code: 'contradiction', message })]
}
