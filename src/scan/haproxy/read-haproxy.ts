/** haproxy.cfg: what its proxies bind, and which servers they connect to. */
import { ofEnvironment } from '../found/environment-of.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import type { Findings, FoundPort } from '../found/found-port.ts'
import { folderOf, nameOf } from '../found/paths.ts'
import { addressesOf } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'
import { fillIn } from '../found/variables.ts'
import { boundBy, parseHaproxyAddress } from './haproxy-address.ts'
import { type HaproxyLine, type HaproxyWord, splitHaproxy } from './split-haproxy.ts'

/** Reads configurations of HAProxy, whole ones and parts. */
export const haproxyReader: FormatReader = {
  name: 'haproxy',
  takes: (path) => /(\.cfg|(^|\/)haproxy[^/]*\.(conf|cfg))(\.(template|tmpl|in))?$/i.test(path),
  hint: /^[ \t]*(frontend|backend|listen|peers|log-forward)[ \t]+[^\s=]/m,
  read: readHaproxy,
}

/** What is the same for every port of a file. */
interface Around {
  readonly source: SourceText
  readonly common: Common
  /** Fills in variables. */
  readonly fill: (word: HaproxyWord) => { readonly text: string; readonly isFilled: boolean }
}

type Common = Pick<FoundPort, 'format' | 'unit' | 'service' | 'scope' | 'variant' | 'environment'>

/** A claim with the section that makes it. */
interface Bound {
  readonly section: string
  readonly port: FoundPort
}

function readHaproxy(source: SourceText, folder: Folder): Findings {
  const lines = splitHaproxy(source)
  const environment = ofEnvironment(source.path)
  const isWhole = lines.some(({ section }) => section === 'global' || section === 'defaults')
  const name = nameOf(source.path)
  const common: Common = {
    ...{ format: 'haproxy', unit: `haproxy ${folderOf(source.path)}`, service: 'haproxy' },
    scope: 'host',
    ...(isWhole && name !== 'haproxy.cfg' ? { variant: name } : {}),
    ...environment,
  }
  const lookUp = variablesOf(lines, folder)
  const fill: Around['fill'] = ({ text }) => fillIn(text, lookUp)
  const around = { source, common, fill }
  const bound = lines.flatMap((line) => claimsOf(line, around))
  return {
    ports: [...withIdentities(bound), ...lines.flatMap((line) => connectionsOf(line, around))],
  }
}

/** `setenv` of the file comes before the shell's variables, `presetenv` after them. */
function variablesOf(
  lines: readonly HaproxyLine[],
  folder: Folder,
): (name: string) => string | undefined {
  const told = (keyword: string): ReadonlyMap<string, string> =>
    new Map(
      lines
        .map(({ words }) => words.map(({ text }) => text))
        .filter(([first]) => first === keyword)
        .map(([, name = '', value = '']) => [name, value]),
    )
  const [set, preset] = [told('setenv'), told('presetenv')]
  return (name) => set.get(name) ?? folder.variables[name] ?? preset.get(name)
}

function claimsOf({ section, words }: HaproxyLine, around: Around): readonly Bound[] {
  const [first, second] = words.map(({ text }) => text)
  const isStats = section === 'global' && first === 'stats' && second === 'socket'
  if (!isStats && first !== 'bind' && first !== 'dgram-bind') return []
  const [address, ...rest] = words.slice(isStats ? 2 : 1)
  if (address === undefined) return []
  const options = rest.map(({ text }) => text)
  const { text, isFilled } = around.fill(address)
  const namespace = options[options.indexOf('namespace') + 1]
  const scope = options.includes('namespace') ? `network namespace ${namespace}` : 'host'
  return text.split(',').flatMap((one): readonly Bound[] => {
    const parsed = parseHaproxyAddress(one)
    if (parsed === undefined) return []
    const port: FoundPort = {
      ...{ ...around.common, ...around.source.at(address.offset), scope },
      ...{ first: parsed.first, last: parsed.last, text: `${first} ${one}`, stance: 'claim' },
      protocol: first === 'dgram-bind' ? 'udp' : parsed.protocol,
      addresses: boundBy(parsed, options),
      confidence: isFilled ? 'interpolated' : 'explicit',
      service: section.split(' ')[1] ?? 'haproxy',
    }
    return [{ section, port }]
  })
}

/**
 * HAProxy shares every port with itself: addresses that overlap are sorted out by the kernel, but two
 * proxies on the very same address get each other's connections, and nobody is told.
 */
function withIdentities(bound: readonly Bound[]): readonly FoundPort[] {
  const exact = ({ port }: Bound): string =>
    [port.scope, port.protocol, port.first, port.last, ...port.addresses].join(' ')
  const sections = new Map<string, Set<string>>()
  for (const one of bound) {
    sections.set(exact(one), (sections.get(exact(one)) ?? new Set()).add(one.section))
  }
  return bound.map((one) => {
    const { unit, protocol, scope } = one.port
    const isShared = (sections.get(exact(one))?.size ?? 0) > 1
    const name = isShared ? ` ${one.section}` : ''
    return { ...one.port, identity: `${unit} ${scope} ${protocol}${name}` }
  })
}

function connectionsOf({ section, words }: HaproxyLine, around: Around): readonly FoundPort[] {
  const [keyword = ''] = words.map(({ text }) => text)
  const at = ADDRESS_OF[keyword]
  const word = at === undefined ? undefined : words[at]
  if (word === undefined || (keyword === 'server' && section.startsWith('peers'))) return []
  const { text, isFilled } = around.fill(word)
  const parsed = parseHaproxyAddress(text)
  if (parsed === undefined || parsed.host === '') return []
  const isUdp = keyword === 'log' || keyword === 'nameserver'
  const port: FoundPort = {
    ...{ ...around.common, ...around.source.at(word.offset), stance: 'consumption' },
    ...{ first: parsed.first, last: parsed.last, host: parsed.host.toLowerCase(), text },
    ...{ addresses: addressesOf(parsed.host), confidence: isFilled ? 'interpolated' : 'explicit' },
    protocol: isUdp ? 'udp' : parsed.protocol,
  }
  const checked = words.findIndex((one, index) => one.text === 'port' && index > 2)
  const check = checked === -1 ? undefined : words[checked + 1]
  const other =
    check === undefined
      ? undefined
      : parseHaproxyAddress(`${parsed.host}:${around.fill(check).text}`)
  if (check === undefined || other === undefined || keyword !== 'server') return [port]
  const { first, last } = other
  return [port, { ...port, ...around.source.at(check.offset), first, last, text: `port ${first}` }]
}

/** Which word of a line is the address it connects to. */
const ADDRESS_OF: Readonly<Record<string, number>> = {
  server: 2,
  'server-template': 3,
  nameserver: 2,
  mailer: 2,
  log: 1,
}
