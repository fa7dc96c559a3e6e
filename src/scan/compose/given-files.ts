/**
 * Which files are given to compose together. The plain one is given with its override; any other may be
 * given after it, or in its place: that follows from whether its services are whole.
 */
import { readVariables } from '../document/parse-dotenv.ts'
import { entriesAt, type Tree, textAt } from '../document/tree.ts'
import { environmentOf } from '../found/environment-of.ts'
import type { Folder } from '../found/folder.ts'
import { folderOf, nameOf, within } from '../found/paths.ts'
import { filesIn } from '../found/siblings.ts'
import type { SourceText } from '../found/source-text.ts'

const NAMES = /^(docker-)?compose([.-][\w.-]+)?\.ya?ml$/i
const PLAIN = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']
const OVERRIDES = /^(docker-)?compose\.override\.ya?ml$/

/** Files that are given to compose at once. */
export interface GivenFiles {
  /** None where another file stands for this one. */
  readonly files: readonly SourceText[]
  /** What this way of starting the folder is called, where there are several. */
  readonly variant?: string
}

type Parse = (source: SourceText) => Tree | undefined

/** Whether a file may be a composition, by its path. */
export function isComposition(path: string): boolean {
  return NAMES.test(nameOf(path))
}

/** The files that are given to compose with this one. */
export function givenFiles(source: SourceText, folder: Folder, parse: Parse): GivenFiles {
  const home = folderOf(source.path)
  const name = nameOf(source.path)
  const usual = usualFiles(home, folder)
  if (usual.length > 0) {
    const isUsual = usual.some(({ path }) => path === source.path)
    if (usual[0]?.path === source.path) return { files: usual, variant: name }
    return isUsual ? { files: [] } : { files: [source], variant: name }
  }
  const siblings = filesIn(folder, home).filter(
    (path) => isComposition(path) && path !== source.path,
  )
  const [base] = PLAIN.filter((plain) => plain === name || siblings.map(nameOf).includes(plain))
  const override = siblings.find((path) => OVERRIDES.test(nameOf(path)))
  const baseSource = pathNamed(siblings, base)
  const read = (path: string | undefined): readonly SourceText[] => {
    const file = path === undefined ? undefined : folder.read(path)
    return file === undefined ? [] : [file]
  }
  if (base === undefined) return withoutBase(source, siblings.flatMap(read), parse)
  if (base === name) return { files: [source, ...read(override)], variant: name }
  if (OVERRIDES.test(name)) return { files: [] }
  if (PLAIN.includes(name)) return { files: [source], variant: name }
  const [before] = read(baseSource)
  const shared = before === undefined ? new Set<string>() : servicesOf(before, parse)
  const own = entriesAt(parse(source), 'services')
  const isPartial = own.some(([key, { value }]) => shared.has(key) && !isWhole(value))
  if (isPartial && before !== undefined) return { files: [before, source], variant: name }
  const isAdded = environmentOf(source.path) === undefined && own.every(([key]) => !shared.has(key))
  return { files: [source], variant: isAdded ? base : name }
}

/** What COMPOSE_FILE in `.env` says is given whenever nothing else is. */
function usualFiles(home: string, folder: Folder): readonly SourceText[] {
  const file = folder.read(home === '' ? '.env' : `${home}/.env`)
  const named = file === undefined ? undefined : readVariables(file.text).get('COMPOSE_FILE')
  if (named === undefined || named === '') return []
  return named.split(/[:;]/).flatMap((path) => {
    const found = within(home, path)
    const source = found === undefined ? undefined : folder.read(found)
    return source === undefined ? [] : [source]
  })
}

/** Files with the same services are given one in place of another; others may well be given together. */
function withoutBase(
  source: SourceText,
  siblings: readonly SourceText[],
  parse: Parse,
): GivenFiles {
  const own = servicesOf(source, parse)
  const isOneOf = siblings.some((sibling) =>
    [...servicesOf(sibling, parse)].some((name) => own.has(name)),
  )
  return isOneOf ? { files: [source], variant: nameOf(source.path) } : { files: [source] }
}

function pathNamed(paths: readonly string[], name: string | undefined): string | undefined {
  return paths.find((path) => nameOf(path) === name)
}

function servicesOf(source: SourceText, parse: Parse): ReadonlySet<string> {
  return new Set(entriesAt(parse(source), 'services').map(([name]) => name))
}

/** Whether a service could be started as it is written. */
function isWhole(service: Tree): boolean {
  if (textAt(service, 'image') !== undefined) return true
  return service.kind === 'map' && service.entries.has('build')
}
