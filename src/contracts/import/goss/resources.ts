/** Each kind of resource of goss as conditions. */
import type { Json, JsonObject } from '../../../core/units/json.ts'
import { hostText, nameOf, plain } from '../draft/words.ts'
import type { Item } from '../source/item.ts'
import { conditionsOn, patternsOf } from './matchers.ts'

/** `tcp:5432: { listening: true, ip: [127.0.0.1] }` */
export function askPort(name: string, item: Item): readonly JsonObject[] {
  const [, protocol = 'tcp', port = ''] = /^(?:(tcp6?|udp6?):)?(\d+)$/.exec(name) ?? []
  if (!protocol.startsWith('tcp') || port === '') {
    item.lose('only ports of TCP can be asked')
    return []
  }
  if (item.get('listening')?.flag() === false) {
    item.lose('that nobody listens cannot be asked')
    return []
  }
  const hosts =
    item
      .get('ip')
      ?.elements()
      .flatMap((one) => one.text() ?? []) ?? []
  if (hosts.some((host) => ['0.0.0.0', '::'].includes(host))) {
    item.get('ip')?.note('that it listens on all addresses is not proved; its own machine is asked')
  }
  const fallback = protocol === 'tcp6' ? '::1' : undefined
  return [...new Set(hosts.length === 0 ? [hostText(fallback)] : hosts.map(hostText))].map(
    (host) => ({
      name: nameOf(`port-${port}`, 'port'),
      tcp: `${host}:${port}`,
    }),
  )
}

/** `tcp://db.example:5432: { reachable: true, timeout: 500 }` */
export function askAddress(name: string, item: Item): readonly JsonObject[] {
  const [, protocol, address = ''] = /^(?:(tcp|udp):\/\/)?(\S+:\d+)$/.exec(name) ?? []
  if (protocol === 'udp' || address === '') {
    item.lose('only addresses of TCP can be asked')
    return []
  }
  if (item.get('reachable')?.flag() === false) {
    item.lose('that an address cannot be reached cannot be asked')
    return []
  }
  item.get('local-address')?.lose('the address to ask from cannot be chosen')
  return [{ name: nameOf(`reach-${address}`, 'reach'), tcp: plain(address), ...timeoutOf(item) }]
}

/** `A:db.example: { resolvable: true, addrs: [10.0.0.7], server: 10.0.0.2 }` */
export function askDns(name: string, item: Item): readonly JsonObject[] {
  const [, type = 'A', host = ''] =
    /^(?:(A|AAAA|CNAME|MX|NS|SRV|TXT|PTR|CAA):)?(\S+)$/.exec(name) ?? []
  if (type === 'PTR' || type === 'CAA') {
    item.lose(`records of the type ${type} cannot be asked`)
    return []
  }
  const server = item.get('server')?.text()
  const resolvers = server === undefined ? {} : { resolvers: [plain(server)] }
  const question = { name: plain(host), type, ...resolvers }
  const at = { name: nameOf(`dns-${host}`, 'dns') }
  const isThere = item.get('resolvable')?.flag() ?? true
  if (!isThere) return [{ ...at, dns: { ...question, absent: true } }]
  const addresses = item.get('addrs')
  const expect = addresses?.elements().flatMap((one) => one.text() ?? []) ?? []
  if (expect.length > 0) addresses?.note('there these must be among the records; here they are all')
  return [
    { ...at, dns: { ...question, ...(expect.length === 0 ? {} : { expect }) }, ...timeoutOf(item) },
  ]
}

/** `https://api.example/health: { status: 200, body: [ok], timeout: 500 }` */
export function askHttp(name: string, item: Item): readonly JsonObject[] {
  const url = plain(item.get('url')?.text() ?? name)
  if (!/^https?:\/\/\S+$/i.test(url)) {
    item.lose('this is no URL')
    return []
  }
  const status = item.get('status')?.count()
  const method = item.get('method')?.text()
  const insecure = item.get('allow-insecure')?.flag() === true
  const stays = item.get('no-follow-redirects')?.flag() === true
  const input: JsonObject = {
    url,
    ...(method === undefined ? {} : { method: method.toUpperCase() }),
    ...(status === undefined ? { status: 200 } : { status }),
    ...headersOf(item.get('request-headers') ?? item.get('request-header')),
    ...(stays ? {} : { followRedirects: 10 }),
    ...(insecure ? { tls: { insecure: true } } : {}),
  }
  const at = { name: nameOf(`http-${name.replace(/^https?:\/\//, '')}`, 'http') }
  const patterns = patternsOf(item.get('body'))
  const [first, ...others] = patterns
  const one = { ...at, http: { ...input, ...(first ? { body: first } : {}) }, ...timeoutOf(item) }
  const rest = others.map((body) => ({ ...at, http: { ...input, body }, ...timeoutOf(item) }))
  return [one, ...rest]
}

function headersOf(item: Item | undefined): JsonObject {
  const pairs = (item?.elements() ?? []).flatMap((entry): readonly [string, Json][] => {
    const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(entry.text() ?? '') ?? []
    return name === undefined ? [] : [[name, plain(value ?? '')]]
  })
  return pairs.length === 0 ? {} : { headers: Object.fromEntries(pairs) }
}

/** `check: { exec: "…", exit-status: 0, stdout: [ok] }` */
export function askCommand(name: string, item: Item): readonly JsonObject[] {
  const line = item.get('exec')?.text() ?? name
  const written = item.get('exit-status')
  const expect = written?.count() ?? 0
  const command = ['sh', '-c', plain(line)]
  const when = [
    ...conditionsOn('evidence.stdout', item.get('stdout')),
    ...conditionsOn('evidence.stderr', item.get('stderr')),
  ]
  const timeout = timeoutOf(item)
  return [
    {
      name: nameOf(name, 'command'),
      exec: { command, ...(expect === 0 ? {} : { expect }) },
      ...(when.length === 0 ? {} : { when: when.join(' && ') }),
      ...timeout,
    },
  ]
}

/** `etc/app.conf: { exists: true, filetype: file, contents: [/^port/], sha256: … }` */
export function askFile(name: string, item: Item): readonly JsonObject[] {
  const path = plain(item.get('path')?.text() ?? name)
  const at = { name: nameOf(`file-${name}`, 'file') }
  if (item.get('exists')?.flag() === false) return [{ ...at, file: { path, absent: true } }]
  for (const key of [
    'mode',
    'owner',
    'group',
    'size',
    'md5',
    'sha512',
    'linked-to',
    'uid',
    'gid',
  ]) {
    item.get(key)?.lose('of a file its path, kind, content and SHA-256 can be asked')
  }
  const kind = item.get('filetype')
  const type = { directory: 'folder', file: 'file', socket: 'socket' }[kind?.text() ?? 'file']
  if (type === undefined) kind?.lose('only files, folders and sockets can be asked')
  const sha256 = item.get('sha256')?.text()
  const input: JsonObject = {
    path,
    ...(type === undefined || type === 'file' ? {} : { type }),
    ...(sha256 === undefined ? {} : { sha256 }),
  }
  const [first, ...others] = patternsOf(item.get('contents') ?? item.get('contains'))
  const one = { ...at, file: { ...input, ...(first ? { content: first } : {}) } }
  return [one, ...others.map((content) => ({ ...at, file: { ...input, content } }))]
}

/** A count of milliseconds, kept as a number until the draft is printed. */
function timeoutOf(item: Item): JsonObject {
  const timeout = item.get('timeout')?.count()
  return timeout === undefined || timeout < 1 ? {} : { timeout }
}
