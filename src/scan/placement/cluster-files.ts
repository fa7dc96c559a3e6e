/** Files that a cluster mounts into pods: those of a chart, and those a kustomization makes maps of. */
import { parseYaml } from '../document/parse-yaml.ts'
import { entriesAt, itemsAt, scalarsAt, textAt } from '../document/tree.ts'
import type { FormatReader } from '../found/folder.ts'
import { type Findings, NOTHING } from '../found/found-port.ts'
import { calledBy, folderOf, nameOf, within } from '../found/paths.ts'
import type { SourceText } from '../found/source-text.ts'

/** Reads `Chart.yaml` and `kustomization.yaml`. */
export const clusterFilesReader: FormatReader = {
  name: 'cluster-files',
  hint: /Generator|^name[ \t]*:/m,
  takes: (path) => /^(Chart|kustomization)\.ya?ml$/.test(nameOf(path)),
  read: (source) =>
    nameOf(source.path).startsWith('Chart') ? readChart(source) : readKustomization(source),
}

function readChart(source: SourceText): Findings {
  const file = folderOf(source.path)
  const service = calledBy(file)
  return {
    ports: [],
    placements: [{ file, service, unit: `chart ${file}`, scope: `network chart ${file}` }],
  }
}

function readKustomization(source: SourceText): Findings {
  if (!source.text.includes('Generator')) return NOTHING
  const home = folderOf(source.path)
  const trees = parseYaml(source.text)
  const placements = trees.flatMap((tree) =>
    ['configMapGenerator', 'secretGenerator'].flatMap((key) =>
      [...new Set(itemsAt(tree, key))].flatMap((item) => {
        const name = textAt(item, 'name') ?? calledBy(home)
        return entriesAt(item).length === 0
          ? []
          : scalarsAt(item, 'files').flatMap(({ text }) => {
              const file = within(home, text.replace(/^[^=]*=/, ''))
              const scope = `network map ${home}/${name}`
              return file === undefined ? [] : [{ file, scope, unit: scope, service: name }]
            })
      }),
    ),
  )
  return { ports: [], placements }
}
