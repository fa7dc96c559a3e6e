/** Where the files of one nginx are: which file is the main one, and which files it includes. */
import { pathsLike } from '../files/open-folder.ts'
import type { Folder } from '../found/folder.ts'
import { folderOf, isBelow, nameOf, within } from '../found/paths.ts'
import type { SourceText } from '../found/source-text.ts'
import { directivesOf, type NginxDirective } from './parse-nginx.ts'

const MAIN = /^[ \t]*(http|events|stream|mail)\s*\{/m
const MAIN_NAME = /^(nginx|openresty)[^/]*\.conf/i
const PART_FOLDER =
  /^(conf|http|stream|mail|server|servers|vhosts?|sites|snippets|modules|includes?|templates|locations)(\.d|-available|-enabled)?$|\.d$/
// Where packages and images put it; what it includes from there lies beside it here.
const INSTALLED =
  /^\/(etc\/nginx|usr\/local\/nginx\/conf|usr\/local\/etc\/nginx|opt\/nginx\/conf)\//
const MOST_INCLUDED = 500

const included = new WeakMap<Folder, Map<string, ReadonlySet<string>>>()

/** Whether it is a whole configuration rather than a part of one. */
export function isMain(source: SourceText): boolean {
  return MAIN.test(source.text)
}

const meant = new WeakMap<Folder, Map<string, readonly string[]>>()

/** The files that an `include` within a configuration of this folder means. */
export function includedBy(folder: Folder, home: string, pattern: string): readonly string[] {
  const path = within(home, pattern.replace(INSTALLED, ''))
  if (path === undefined) return []
  if (folder.has(path)) return [path]
  // Many files include by the same few patterns, and each means a look at every path.
  const ofFolder = meant.get(folder) ?? new Map<string, readonly string[]>()
  meant.set(folder, ofFolder)
  const known = ofFolder.get(path) ?? pathsLike(folder, path).slice(0, MOST_INCLUDED)
  ofFolder.set(path, known)
  return known
}

/** The folder of the nginx that a part belongs to, and whether a main file of it includes the part. */
export function homeOfPart(
  path: string,
  folder: Folder,
): { readonly home: string; readonly isIncluded: boolean } {
  const mains = mainsOf(folder).filter((main) => isBelow(path, folderOf(main)))
  const isIncluded = mains.some((main) => allIncluded(main, folder).has(path))
  const nearest = mains.toSorted((one, other) => other.length - one.length)[0]
  return { home: nearest === undefined ? plainHome(path) : folderOf(nearest), isIncluded }
}

function plainHome(path: string): string {
  const own = folderOf(path)
  return PART_FOLDER.test(nameOf(own)) ? folderOf(own) : own
}

const mains = new WeakMap<Folder, readonly string[]>()

function mainsOf(folder: Folder): readonly string[] {
  const known = mains.get(folder)
  if (known !== undefined) return known
  const found = folder.paths.filter((path) => {
    const source = MAIN_NAME.test(nameOf(path)) ? folder.read(path) : undefined
    return source !== undefined && isMain(source)
  })
  mains.set(folder, found)
  return found
}

function allIncluded(main: string, folder: Folder): ReadonlySet<string> {
  const ofFolder = included.get(folder) ?? new Map<string, ReadonlySet<string>>()
  included.set(folder, ofFolder)
  const known = ofFolder.get(main)
  if (known !== undefined) return known
  const seen = new Set<string>()
  let patternsLeft = MOST_INCLUDED
  const follow = (source: SourceText | undefined): void => {
    const patterns =
      source === undefined ? [] : includesIn(directivesOf(source)).slice(0, patternsLeft)
    patternsLeft -= patterns.length
    for (const path of patterns.flatMap((one) => includedBy(folder, folderOf(main), one))) {
      if (seen.has(path) || seen.size >= MOST_INCLUDED) continue
      seen.add(path)
      follow(folder.read(path))
    }
  }
  follow(folder.read(main))
  ofFolder.set(main, seen)
  return seen
}

function includesIn(directives: readonly NginxDirective[]): readonly string[] {
  return directives.flatMap(({ name, words, block }) => {
    if (name === 'include') return words.slice(0, 1).map(({ text }) => text)
    return block === undefined ? [] : includesIn(block)
  })
}
