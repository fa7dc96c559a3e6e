/**
 * Who is ready, for HAProxy: backends to include, the map from host names to backends, and the state of
 * servers that it loads when it starts, so that a restart does not forget what it was told at run time.
 *
 * @source https://docs.haproxy.org/2.6/configuration.html, load-server-state-from-file
 */
import type { Endpoint } from '../../../seams/endpoints.ts'
import { printTarget } from '../instances.ts'
import { LocalNames } from '../localhost/find-port.ts'
import { labelOf } from '../service-name.ts'
import {
  type ExportedGroup,
  type ExportScope,
  exportedGroups,
  WRITTEN_HEAD,
} from './exported-groups.ts'

/** Backends with places that are filled at run time. */
export interface SlotScope extends ExportScope {
  /** How many servers a backend has at most; the first of those who are ready have one. @default 8 */
  readonly slots?: number
}

/** Where no host is: a server needs an address, and is in maintenance. */
const NOWHERE = { address: '127.0.0.1', number: 1 }

const SLOTS = 8

/** Backends with the servers that are ready now, for a configuration that is loaded anew. */
export function printHaproxyBackends(all: readonly Endpoint[], scope: ExportScope = {}): string {
  const blocks = exportedGroups(all, scope).map(({ name, endpoints }) => {
    const servers = endpoints.map((one, at) => `  server ${slotOf(at)} ${printTarget(one)}`)
    return [`backend ${name}`, ...servers].join('\n')
  })
  return [WRITTEN_HEAD, ...blocks, ''].join('\n')
}

/**
 * Backends with places alone, for a configuration that stays: the state fills them. They are not
 * `disabled`, which no state can undo.
 */
export function printHaproxySlots(all: readonly Endpoint[], scope: SlotScope = {}): string {
  const { slots = SLOTS } = scope
  const places = Array.from(
    { length: slots },
    (_, at) => `  server ${slotOf(at)} ${printTarget(NOWHERE)}`,
  )
  const blocks = exportedGroups(all, scope).map(({ name }) => [`backend ${name}`, ...places])
  return [WRITTEN_HEAD, ...blocks.flat(), ''].join('\n')
}

/** The columns of a state file of version 1. */
const COLUMNS =
  'be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight ' +
  'srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state ' +
  'srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl ' +
  'srv_check_port srv_check_addr srv_agent_addr srv_agent_port'

/** The state of every place: who is ready runs, and what is empty is in maintenance. */
export function printHaproxyState(all: readonly Endpoint[], scope: SlotScope = {}): string {
  const { slots = SLOTS } = scope
  const lines = exportedGroups(all, scope).flatMap((group, backend) =>
    Array.from({ length: slots }, (_, at) => printState(group, backend, at)),
  )
  return ['1', `# ${COLUMNS}`, ...lines, ''].join('\n')
}

function printState({ name, endpoints }: ExportedGroup, backend: number, at: number): string {
  const one = endpoints[at]
  const { address, number } = one ?? NOWHERE
  const isReady = one !== undefined
  const words: readonly (readonly [string, string | number])[] = [
    ['be_id', backend + 1],
    ['be_name', name],
    ['srv_id', at + 1],
    ['srv_name', slotOf(at)],
    ['srv_addr', address],
    ['srv_op_state', isReady ? 2 : 0],
    ['srv_admin_state', isReady ? 0 : 1],
    ['srv_uweight', 1],
    ['srv_iweight', 1],
    ['srv_check_status', 1],
    ['srv_fqdn', '-'],
    ['srv_port', number],
    ['srvrecord', '-'],
    ['srv_check_addr', '-'],
    ['srv_agent_addr', '-'],
  ]
  const known = new Map(words)
  return COLUMNS.split(' ')
    .map((column) => known.get(column) ?? 0)
    .join(' ')
}

/** Lines of `use_backend %[req.hdr(host),field(1,:),lower,map(FILE)]`: a host name, a backend. */
export function printHaproxyMap(
  all: readonly Endpoint[],
  { domain = 'localhost', ...scope }: ExportScope & { readonly domain?: string } = {},
): string {
  const groups = exportedGroups(all, scope)
  const names = new LocalNames(all, scope.home)
  const usual = names.list().flatMap((name): readonly string[] => {
    const meaning = names.find(name)
    if (meaning.verdict !== 'port') return []
    const backend = `${labelOf(meaning.served.port)}.${name}`
    return groups.some((group) => group.name === backend) ? [`${name}.${domain} ${backend}`] : []
  })
  const full = groups.map(({ name }) => `${name}.${domain} ${name}`)
  return [...new Set([...usual, ...full])].map((line) => `${line}\n`).join('')
}

function slotOf(at: number): string {
  return `slot${at + 1}`
}
