/**
 * Configurations of Prometheus: whom it asks for numbers, warns, and writes to. What it listens on
 * is not in them.
 */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import { parseYaml } from '../document/parse-yaml.ts'
import { itemsAt, scalarsAt, type Tree, type TreeScalar, textAt } from '../document/tree.ts'
import { pathsLike } from '../files/open-folder.ts'
import { connectionsIn } from '../found/connections.ts'
import { ofEnvironment } from '../found/environment-of.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import type { Findings, FoundPort } from '../found/found-port.ts'
import { folderOf, within } from '../found/paths.ts'
import { addressesOf, isThisMachine, parseEndpoint } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'

/** Reads configurations, whatever they are called. */
export const prometheusReader: FormatReader = {
  name: 'prometheus',
  takes: (path) => /\.ya?ml(\.(template|tmpl|tpl))?$/.test(path),
  hint: /^["']?scrape_configs["']?[ \t]*:/m,
  read: readPrometheus,
}

const OWN_PORT = 9090
const MOST_FILES = 100

interface Around {
  readonly source: SourceText
  readonly common: Pick<FoundPort, 'format' | 'unit' | 'service' | 'scope'> &
    Partial<Pick<FoundPort, 'environment'>>
}

function readPrometheus(source: SourceText, folder: Folder): Findings {
  const [tree] = parseYaml(source.text)
  const around: Around = {
    source,
    common: {
      ...{ format: 'prometheus', unit: `prometheus ${source.path}`, service: 'prometheus' },
      scope: 'host',
      ...ofEnvironment(source.path),
    },
  }
  const asked = distinct(itemsAt(tree, 'scrape_configs')).flatMap((one) =>
    ofGroup(one, { around, folder }),
  )
  const warned = distinct(itemsAt(tree, 'alerting', 'alertmanagers')).flatMap((one) =>
    ofGroup(one, { around, folder }),
  )
  const written = [...itemsAt(tree, 'remote_write'), ...itemsAt(tree, 'remote_read')].flatMap(
    (one) => scalarsAt(one, 'url').flatMap((word) => targetOf(word, around)),
  )
  return { ports: [...asked, ...warned, ...written] }
}

/** The targets of a group: written in it, or in files that it names. */
function ofGroup(
  group: Tree,
  { around, folder }: { readonly around: Around; readonly folder: Folder },
): readonly FoundPort[] {
  const isItself = textAt(group, 'job_name') === 'prometheus'
  const own = targetsIn(itemsAt(group, 'static_configs')).flatMap((word) =>
    targetOf(word, around, isItself),
  )
  const home = folderOf(around.source.path)
  const patterns = distinct(itemsAt(group, 'file_sd_configs')).flatMap((one) =>
    scalarsAt(one, 'files'),
  )
  const files = patterns.slice(0, MOST_FILES).flatMap(({ text }) => {
    const path = within(home, text.replace(/^\/etc\/prometheus\//, ''))
    return path === undefined ? [] : pathsLike(folder, path).slice(0, MOST_FILES)
  })
  const named = [...new Set(files)].flatMap((path) => {
    const source = folder.read(path)
    const trees = source === undefined ? [] : parseYaml(source.text)
    const words = trees.flatMap((tree) => (tree.kind === 'list' ? targetsIn(tree.items) : []))
    return source === undefined
      ? []
      : words.flatMap((word) => targetOf(word, { ...around, source }))
  })
  return [...own, ...named]
}

function targetsIn(groups: readonly Tree[]): readonly TreeScalar[] {
  return distinct(distinct(groups).flatMap((one) => distinct(scalarsAt(one, 'targets'))))
}

/** Items that are aliases of one thing are one. */
function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)]
}

function targetOf(
  word: TreeScalar,
  { source, common }: Around,
  isItself = false,
): readonly FoundPort[] {
  const text = word.text.replaceAll(/^["']|["']$/g, '')
  const [url] = connectionsIn(text)
  const endpoint = parseEndpoint(text)
  const host = url?.host ?? endpoint?.host.toLowerCase() ?? ''
  const first = url?.port ?? endpoint?.span.first
  if (host === '' || first === undefined || /[{}$]/.test(host)) return []
  const place = {
    ...common,
    ...source.at(word.offset),
    first,
    last: first,
    protocol: 'tcp',
  } as const
  // Prometheus asks itself too, on a port that only its command line can change.
  if (isThisMachine(host) && (first === OWN_PORT || isItself)) {
    const own = {
      addresses: EVERY_ADDRESS,
      confidence: 'default',
      stance: 'documentation',
    } as const
    return [{ ...place, ...own, text }]
  }
  return [
    {
      ...{ ...place, host, addresses: addressesOf(host), text: url?.text ?? text },
      ...{ stance: 'consumption', confidence: 'explicit' },
    },
  ]
}
