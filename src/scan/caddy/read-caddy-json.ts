/** Caddy's own configuration, in JSON: its servers, its door for those who run it, its upstreams. */
import { parseJson } from '../document/parse-json.ts'
import { entriesAt, scalarsAt, type Tree, textAt, valueAt } from '../document/tree.ts'
import { ofEnvironment } from '../found/environment-of.ts'
import type { FormatReader } from '../found/folder.ts'
import type { Findings, FoundPort } from '../found/found-port.ts'
import { folderOf, nameOf } from '../found/paths.ts'
import { parsePort } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'
import { connectionTo } from './caddy-connections.ts'
import {
  besideHttps,
  type CaddyCommon,
  claimsOf,
  defaultAdmin,
  type Listening,
  parseListen,
} from './listening.ts'

/** Reads files whose name says that they are Caddy's. */
export const caddyJsonReader: FormatReader = {
  name: 'caddy',
  takes: (path) =>
    /caddy[^/]*\.json$/i.test(nameOf(path)) || /(^|\/)caddy\/[^/]*\.json$/i.test(path),
  hint: /"(apps|admin)"/,
  read: readCaddyJson,
}

function readCaddyJson(source: SourceText): Findings {
  const tree = parseJson(source.text)
  const apps = valueAt(tree, 'apps')
  if (apps === undefined && valueAt(tree, 'admin') === undefined) return { ports: [] }
  const common: CaddyCommon = {
    ...{ format: 'caddy', unit: `caddy ${folderOf(source.path)}`, service: 'caddy', scope: 'host' },
    variant: nameOf(source.path),
    ...ofEnvironment(source.path),
  }
  const ofHttp = entriesAt(apps, 'http', 'servers').flatMap(([, { value }]) =>
    httpListening(source, value, valueAt(apps, 'http')),
  )
  const ofOthers = entriesAt(apps, 'layer4', 'servers').flatMap(([, { value }]) =>
    plainListening(source, value),
  )
  const claims = claimsOf([...ofHttp, ...ofOthers, ...adminOf(source, tree)], common)
  return { ports: [...claims, ...upstreamsIn(source, apps, common, 0)] }
}

function plainListening(source: SourceText, server: Tree): readonly Listening[] {
  return scalarsAt(server, 'listen').flatMap(({ text, offset }): readonly Listening[] => {
    const parsed = parseListen(text)
    return parsed === undefined ? [] : [{ ...parsed, source, offset, text, confidence: 'explicit' }]
  })
}

function httpListening(
  source: SourceText,
  server: Tree,
  http: Tree | undefined,
): readonly Listening[] {
  const httpPort = parsePort(textAt(http, 'http_port') ?? '') ?? 80
  const httpsPort = parsePort(textAt(http, 'https_port') ?? '') ?? 443
  const isOff = textAt(server, 'automatic_https', 'disable') === 'true'
  const isQuiet = textAt(server, 'automatic_https', 'disable_redirects') === 'true'
  const protocols = scalarsAt(server, 'protocols').map(({ text }) => text)
  const hasHttp3 = protocols.length === 0 || protocols.includes('h3')
  const hasHosts = hasNames(valueAt(server, 'routes'), 0)
  const hasPolicies = valueAt(server, 'tls_connection_policies') !== undefined
  return plainListening(source, server).flatMap((one) => {
    const isNamed = hasHosts && !isOff && one.first !== httpPort
    const isTls = hasPolicies || isNamed
    if (!isTls) return [one]
    const redirectFrom = isNamed && !isQuiet && one.first === httpsPort ? httpPort : undefined
    return [one, ...besideHttps(one, { redirectFrom, hasHttp3 })]
  })
}

const MOST_DEPTH = 60

/** Whether any route is for a name, which is what Caddy gets certificates for. */
function hasNames(tree: Tree | undefined, depth: number): boolean {
  if (tree === undefined || depth > MOST_DEPTH || tree.kind === 'scalar') return false
  if (tree.kind === 'list') return tree.items.some((item) => hasNames(item, depth + 1))
  if (scalarsAt(tree, 'host').length > 0) return true
  return [...tree.entries.values()].some(({ value }) => hasNames(value, depth + 1))
}

function adminOf(source: SourceText, tree: Tree | undefined): readonly Listening[] {
  if (textAt(tree, 'admin', 'disabled') === 'true') return []
  const listen = valueAt(tree, 'admin', 'listen')
  if (listen?.kind !== 'scalar') return [defaultAdmin(source)]
  const parsed = parseListen(listen.text)
  const { offset, text } = listen
  return parsed === undefined
    ? []
    : [{ ...parsed, source, offset, text: `admin ${text}`, confidence: 'explicit', isAdmin: true }]
}

function upstreamsIn(
  source: SourceText,
  tree: Tree | undefined,
  common: CaddyCommon,
  depth: number,
): readonly FoundPort[] {
  if (tree === undefined || depth > MOST_DEPTH || tree.kind === 'scalar') return []
  if (tree.kind === 'list')
    return tree.items.flatMap((item) => upstreamsIn(source, item, common, depth + 1))
  const own = scalarsAt(tree, 'dial').flatMap((word) => connectionTo({ source, ...word }, common))
  return [
    ...own,
    ...[...tree.entries.values()].flatMap(({ value }) =>
      upstreamsIn(source, value, common, depth + 1),
    ),
  ]
}
