/** The files of one folder, looked up once for all who ask. */
import type { Folder } from './folder.ts'
import { folderOf } from './paths.ts'

const known = new WeakMap<Folder, ReadonlyMap<string, readonly string[]>>()

/** The paths of the files that lie in a folder itself, sorted. */
export function filesIn(folder: Folder, home: string): readonly string[] {
  let byHome = known.get(folder)
  if (byHome === undefined) {
    byHome = Map.groupBy(folder.paths, folderOf)
    known.set(folder, byHome)
  }
  return byHome.get(home) ?? []
}
