/** `rampart serve`: be the daemon, in the foreground, for others as well. */
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import type { CliParts, ServeDatabase, ServeDoors } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { checkedDatabase, databaseUrl } from '../database-url.ts'
import { refuseLogForm } from '../log-form.ts'
import type { WorkspaceOption } from '../options.ts'
import { ownWorkspaceOf } from '../workspace.ts'

interface ServeOptions extends WorkspaceOption {
  readonly listen?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly clientCa?: string
  readonly behindProxy?: boolean
  readonly publicUrl?: string
  readonly access?: string
  readonly database?: string
  readonly keyFile?: string
  readonly replica?: string
  readonly webhooksMayReach?: string
}

const LISTEN = '127.0.0.1:7070'

/** Runs it. */
export async function runServe(parts: CliParts, options: ServeOptions): Promise<number> {
  const refused = refuseLogForm(parts, 'serve')
  if (refused !== undefined) return refused
  const address = parseAddress(options.listen ?? LISTEN)
  if (address === undefined) {
    const sentence = `--listen is written host:port, not ${options.listen}.`
    return misuse(parts, sentence, `Next: rampart serve --listen ${LISTEN}`)
  }
  const { tlsCert, tlsKey, clientCa, publicUrl, access } = options
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    const sentence = 'A certificate and its key are needed together.'
    return misuse(parts, sentence, 'Next: rampart serve --tls-cert FILE --tls-key FILE')
  }
  if (clientCa !== undefined && (tlsCert === undefined || options.behindProxy === true)) {
    const next = 'Next: rampart serve --tls-cert FILE --tls-key FILE --client-ca FILE'
    return misuse(parts, unseen(options), next)
  }
  if (publicUrl !== undefined && !/^https?:\/\//.test(publicUrl)) {
    const sentence = `--public-url is a URL, not ${publicUrl}.`
    return misuse(parts, sentence, 'Next: rampart serve --public-url https://rampart.example.org')
  }
  const doors: ServeDoors = {
    ...address,
    isBehindProxy: options.behindProxy === true,
    ...tlsOf(parts, options),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(access === undefined ? {} : { accessFile: resolve(parts.cwd, access) }),
  }
  const database = databaseOf(parts, options)
  if (options.replica !== undefined && database === undefined) {
    const sentence =
      '--replica names a server among those that share a database, and there is none.'
    const next = `Next: rampart serve --replica ${options.replica} --database URL`
    return misuse(parts, sentence, next)
  }
  const workspace = ownWorkspaceOf(parts, options)
  const { webhooksMayReach, keyFile } = options
  return await parts.runDaemon({
    workspace,
    doors,
    ...(webhooksMayReach === undefined ? {} : { webhooksMayReach }),
    ...(database === undefined ? {} : { database }),
    ...(keyFile === undefined ? {} : { keyFile: resolve(parts.cwd, keyFile) }),
  })
}

/** Why nobody would see the certificates of agents. */
function unseen({ behindProxy }: ServeOptions): string {
  return behindProxy === true
    ? 'Behind a proxy the server sees the certificate of the proxy and never that of an agent: with ' +
        '--client-ca, agents must reach the server itself.'
    : 'Agents show a certificate by TLS: --client-ca needs --tls-cert and --tls-key.'
}

function tlsOf({ cwd }: CliParts, options: ServeOptions): Pick<ServeDoors, 'tls'> {
  const { tlsCert, tlsKey, clientCa } = options
  if (tlsCert === undefined || tlsKey === undefined) return {}
  const authorities = clientCa === undefined ? {} : { clientCa: resolve(cwd, clientCa) }
  const pair = { certificate: resolve(cwd, tlsCert), key: resolve(cwd, tlsKey) }
  return { tls: { ...pair, ...authorities } }
}

/** Its URL may hold a password, so that it is better given by a variable than where all can see it. */
function databaseOf(parts: CliParts, options: ServeOptions): ServeDatabase | undefined {
  const { database: url = databaseUrl(parts), replica } = options
  if (url === undefined) return undefined
  return { url: checkedDatabase(url), replica: replica ?? hostname() }
}

/** `host:port`, where an IPv6 host stands in brackets, or a port alone. */
function parseAddress(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, six, four = '127.0.0.1', digits] =
    /^(?:(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  return digits === undefined || port > 65_535 ? undefined : { host: six ?? four, port }
}
