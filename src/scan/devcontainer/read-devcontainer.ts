/**
 * Containers for development: what they publish is claimed, and what they forward is taken where it is
 * free. @source Development Containers Specification, forwardPorts, appPort, portsAttributes
 */
import { LOOPBACK } from '../../core/port/port-claim.ts'
import { readPorts } from '../compose/service-ports.ts'
import { parseJson } from '../document/parse-json.ts'
import {
  entriesAt,
  itemsAt,
  scalarsAt,
  type Tree,
  type TreeScalar,
  textAt,
} from '../document/tree.ts'
import { ofEnvironment } from '../found/environment-of.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import type { Findings, FoundPort } from '../found/found-port.ts'
import { calledBy, folderOf } from '../found/paths.ts'
import { addressesOf, parsePort, parseSpan } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'

/** Reads `devcontainer.json`, wherever it may be. */
export const devcontainerReader: FormatReader = {
  name: 'devcontainer',
  takes: (path) =>
    /(^|\/)(\.devcontainer\/([^/]+\/)?devcontainer|\.devcontainer)\.json$/.test(path),
  hint: /port|runArgs/i,
  read: readDevcontainer,
}

const LONGEST = 300
const MOST_PORTS = 1_000

interface Around {
  readonly source: SourceText
  readonly folder: Folder
  readonly common: Pick<FoundPort, 'format' | 'unit' | 'service' | 'scope' | 'app' | 'variant'> &
    Partial<Pick<FoundPort, 'environment'>>
}

function readDevcontainer(source: SourceText, folder: Folder): Findings {
  const tree = parseJson(source.text)
  const app = workspaceOf(source.path)
  const name = textAt(tree, 'name') ?? ''
  const around: Around = {
    ...{ source, folder },
    common: {
      ...{ format: 'devcontainer', unit: `devcontainer ${app}`, scope: 'host', app },
      ...{ service: name === '' ? calledBy(app) : name, variant: source.path },
      ...ofEnvironment(source.path),
    },
  }
  return { ports: [...publishedBy(tree, around), ...forwardedBy(tree, around)] }
}

/** The folder that is opened in it. */
function workspaceOf(path: string): string {
  const folder = folderOf(path)
  const at = `/${folder}/`.indexOf('/.devcontainer/')
  return at === -1 ? folder : folder.slice(0, Math.max(0, at - 1))
}

/** `appPort`, and `-p` among the arguments for the container. */
function publishedBy(tree: Tree | undefined, around: Around): readonly FoundPort[] {
  const words = scalarsAt(tree, 'runArgs')
  const isOnHost = words.some(({ text }, at) =>
    /^--net(work)?=host$/.test(
      /^--net(work)?$/.test(text) ? `${text}=${words[at + 1]?.text}` : text,
    ),
  )
  if (isOnHost) return []
  const flags = words.flatMap((word, at): readonly TreeScalar[] => {
    const inline = /^(?:--publish=|-p(?=\d))(.+)$/.exec(word.text)?.[1]
    if (inline !== undefined) return [{ ...word, text: inline }]
    const next = words[at + 1]
    return /^(-p|--publish)$/.test(word.text) && next !== undefined ? [next] : []
  })
  const ports = scalarsAt(tree, 'appPort')
  return [...ports, ...flags].flatMap((word) => publishedAs(word, around))
}

function publishedAs(word: TreeScalar, { source, folder, common }: Around): readonly FoundPort[] {
  const { text, isFilled } = fillLocal(word.text, folder)
  // A number alone is published for this machine alone; as a text it is one of Docker's.
  const short = word.isNumber ? `127.0.0.1:${text}:${text}` : text
  const item: Tree = { ...word, text: short }
  const service: Tree = {
    ...{ kind: 'map', offset: word.offset },
    entries: new Map([
      [
        'ports',
        { keyOffset: word.offset, value: { kind: 'list', offset: word.offset, items: [item] } },
      ],
    ]),
  }
  return readPorts(service, () => undefined).published.map((one): FoundPort => {
    const { offset, address, target, ...rest } = one
    return {
      ...{ ...common, ...source.at(offset), ...rest, target, addresses: addressesOf(address) },
      ...{ stance: 'claim', text: word.text },
      confidence: isFilled ? 'interpolated' : 'explicit',
    }
  })
}

/** `${localEnv:NAME:default}`. */
function fillLocal(
  text: string,
  folder: Folder,
): { readonly text: string; readonly isFilled: boolean } {
  if (text.length > LONGEST) return { text: '', isFilled: true }
  const filled = text.replaceAll(
    /\$\{localEnv:(\w+)(?::([^}]*))?\}/g,
    (_, name: string, otherwise?: string) => folder.variables[name] ?? otherwise ?? '',
  )
  return { text: filled, isFilled: filled !== text }
}

/** What is forwarded gives way to what is there, unless it must be this very port. */
function forwardedBy(tree: Tree | undefined, { source, common }: Around): readonly FoundPort[] {
  const attributes = attributesIn(tree)
  const all = textAt(tree, 'otherPortsAttributes', 'requireLocalPort') === 'true'
  return itemsAt(tree, 'forwardPorts')
    .slice(0, MOST_PORTS)
    .flatMap((item): readonly FoundPort[] => {
      if (item.kind !== 'scalar') return []
      const match = /^(?:([\w.-]+):)?(\d+)$/.exec(item.text)
      const port = parsePort(match?.[2] ?? '')
      if (port === undefined) return []
      const own = attributes.find(
        ({ key, first, last }) => key === item.text || (first <= port && port <= last),
      )
      const isRequired = own?.isRequired ?? all
      const host = match?.[1]
      const label =
        own?.label ?? (host === undefined || host === 'localhost' ? common.service : host)
      const because = 'the editor takes another port when this one is taken'
      return [
        {
          ...{ ...common, ...source.at(item.offset), first: port, last: port, protocol: 'tcp' },
          ...{ stance: 'claim', text: `forwardPorts: ${item.text}`, addresses: LOOPBACK },
          ...{ service: label, target: { first: port, last: port } },
          ...(isRequired ? { confidence: 'explicit' } : { confidence: 'heuristic', because }),
        },
      ]
    })
}

interface Attributes {
  readonly key: string
  readonly first: number
  readonly last: number
  readonly label: string | undefined
  readonly isRequired: boolean | undefined
}

function attributesIn(tree: Tree | undefined): readonly Attributes[] {
  return entriesAt(tree, 'portsAttributes')
    .slice(0, MOST_PORTS)
    .map(([key, { value }]) => {
      const span = parseSpan(key) ?? { first: 0, last: -1 }
      const required = textAt(value, 'requireLocalPort')
      const isRequired = required === undefined ? undefined : required === 'true'
      return { key, ...span, label: textAt(value, 'label'), isRequired }
    })
}
