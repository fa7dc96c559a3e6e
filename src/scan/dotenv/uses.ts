/**
 * Who reads a file of variables: a composition that fills them in or gives them to a container, or a
 * program in the same folder.
 */
import { parseJson } from '../document/parse-json.ts'
import { parseYaml } from '../document/parse-yaml.ts'
import { entriesAt, itemsAt, textAt, valueAt } from '../document/tree.ts'
import type { Folder } from '../found/folder.ts'
import { folderOf, nameOf, within } from '../found/paths.ts'

/** What compositions do with files of variables. */
interface Compositions {
  /** Names that compositions of a folder fill in. */
  readonly filledIn: ReadonlyMap<string, ReadonlySet<string>>
  /** Files whose variables are given to containers. */
  readonly given: ReadonlySet<string>
}

const known = new WeakMap<Folder, Compositions>()
const COMPOSITION = /^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/i
const PROGRAMS = [
  ...['package.json', 'pyproject.toml', 'requirements.txt', 'manage.py', 'go.mod', 'Cargo.toml'],
  ...['Gemfile', 'composer.json', 'pom.xml', 'build.gradle', 'build.gradle.kts', 'mix.exs'],
  ...['Procfile', 'deno.json', 'main.py', 'app.py', 'server.js', 'index.js', 'main.go'],
]

/** Whether a composition beside the file fills the variable in. */
export function isFilledIn(path: string, name: string, folder: Folder): boolean {
  return compositionsOf(folder).filledIn.get(folderOf(path))?.has(name) === true
}

/** Whether a composition gives the file to a container. */
export function isGiven(path: string, folder: Folder): boolean {
  return compositionsOf(folder).given.has(path)
}

/** What is in a folder: a program that would read PORT, one that does not, or nothing that is known. */
export function programIn(home: string, folder: Folder): 'reads' | 'ignores' | 'unknown' {
  const inHome = (name: string): string => (home === '' ? name : `${home}/${name}`)
  if (!PROGRAMS.some((name) => folder.has(inHome(name)))) return 'unknown'
  const tree = parseJson(folder.read(inHome('package.json'))?.text ?? '')
  if (tree === undefined) return 'reads'
  const isOfSeveral = ['pnpm-workspace.yaml', 'lerna.json', 'turbo.json', 'nx.json']
  const hasWorkspaces = valueAt(tree, 'workspaces') !== undefined
  if (hasWorkspaces || isOfSeveral.some((name) => folder.has(inHome(name)))) return 'unknown'
  const scripts = entriesAt(tree, 'scripts').map(([key]) => textAt(tree, 'scripts', key) ?? '')
  const all = scripts.join('\n')
  const isLoaded = /dotenv|env-cmd|--env-file|\b(?:node|nodemon|tsx|ts-node|nest|bun|deno)\s/.test(
    all,
  )
  // next listens before it reads the file; vite and astro never ask for PORT.
  const isDeaf = /(?:^|[\s"'])(?:next|vite|astro)(?=[\s"']|$)/m.test(all)
  return isDeaf && !isLoaded ? 'ignores' : 'reads'
}

function compositionsOf(folder: Folder): Compositions {
  const before = known.get(folder)
  if (before !== undefined) return before
  const filledIn = new Map<string, Set<string>>()
  const given = new Set<string>()
  for (const path of folder.paths.filter((one) => COMPOSITION.test(nameOf(one)))) {
    const text = folder.read(path)?.text ?? ''
    const home = folderOf(path)
    const names = filledIn.get(home) ?? new Set<string>()
    for (const [, name = ''] of text.matchAll(/\$\{?([A-Za-z_]\w*)/g)) names.add(name)
    filledIn.set(home, names)
    if (text.includes('env_file')) for (const one of filesGiven(text, home)) given.add(one)
  }
  const found = { filledIn, given }
  known.set(folder, found)
  return found
}

function filesGiven(text: string, home: string): readonly string[] {
  return parseYaml(text).flatMap((tree) =>
    entriesAt(tree, 'services').flatMap(([, { value }]) => {
      const one = textAt(value, 'env_file')
      const several = itemsAt(value, 'env_file').flatMap(
        (item) => (item.kind === 'scalar' ? item.text : textAt(item, 'path')) ?? [],
      )
      return [...(one === undefined ? [] : [one]), ...several].flatMap(
        (path) => within(home, path) ?? [],
      )
    }),
  )
}
