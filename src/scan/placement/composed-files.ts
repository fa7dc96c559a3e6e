/** Files that a composition gives to its services as `configs` and `secrets`: they are used in there. */
import { composeReader } from '../compose/read-compose.ts'
import { parseYaml } from '../document/parse-yaml.ts'
import { entriesAt, itemsAt, type Tree, textAt } from '../document/tree.ts'
import type { FormatReader } from '../found/folder.ts'
import type { Findings, Placement } from '../found/found-port.ts'
import { folderOf, within } from '../found/paths.ts'
import type { SourceText } from '../found/source-text.ts'

/** Reads `configs` and `secrets` of compositions. */
export const composedFilesReader: FormatReader = {
  name: 'composed-files',
  takes: composeReader.takes,
  hint: /^["']?(configs|secrets)["']?[ \t]*:/m,
  read: readComposedFiles,
}

const MOST_PLACED = 1_000

function readComposedFiles(source: SourceText): Findings {
  const [tree] = parseYaml(source.text)
  const home = folderOf(source.path)
  const files = new Map(
    ['configs', 'secrets'].flatMap((key) =>
      entriesAt(tree, key).flatMap(([name, { value }]): (readonly [string, string])[] => {
        const file = within(home, textAt(value, 'file') ?? '')
        return file === undefined || file === home ? [] : [[`${key} ${name}`, file]]
      }),
    ),
  )
  const placements: Placement[] = []
  for (const [service, { value }] of entriesAt(tree, 'services')) {
    const scope =
      textAt(value, 'network_mode') === 'host'
        ? 'host'
        : `network ${home === '' ? '.' : home}/${service}`
    for (const file of usedBy(value, files)) {
      if (placements.length < MOST_PLACED)
        placements.push({ file, service, scope, unit: `compose ${home}` })
    }
  }
  return { ports: [], placements }
}

/** The files of a service, in the short and the long form. */
function usedBy(service: Tree, files: ReadonlyMap<string, string>): ReadonlySet<string> {
  const used = ['configs', 'secrets'].flatMap((key) =>
    [...new Set(itemsAt(service, key))].flatMap((item) => {
      const name = item.kind === 'scalar' ? item.text : textAt(item, 'source')
      return files.get(`${key} ${name}`) ?? []
    }),
  )
  return new Set(used)
}
