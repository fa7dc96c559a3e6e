/** Sockets that systemd listens on for its services. @source systemd.socket(5) */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import { type Findings, type FoundPort, NOTHING } from '../found/found-port.ts'
import { canonicalAddress, parsePort } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'
import { lastOf, settingsFor, type UnitSetting } from './parse-unit.ts'
import { isOfKind, isYes, sharedName, type Unit, unitOf } from './unit-files.ts'

/** Reads units of sockets. */
export const socketReader: FormatReader = {
  name: 'systemd socket',
  takes: (path) => isOfKind(path, 'socket'),
  hint: /^[ \t]*Listen(Stream|Datagram)/m,
  read: readSocket,
}

function readSocket(source: SourceText, folder: Folder): Findings {
  const unit = unitOf(source, folder)
  if (unit === undefined) return NOTHING
  const { settings } = unit
  const isSixOnly = lastOf(settings, 'Socket', 'BindIPv6Only')?.value === 'ipv6-only'
  const isShared = isYes(lastOf(settings, 'Socket', 'ReusePort'))
  const protocol = lastOf(settings, 'Socket', 'SocketProtocol')?.value ?? ''
  if (/^(sctp|udplite)$/i.test(protocol)) return NOTHING
  const all = settingsFor(settings, 'Socket', ['ListenStream', 'ListenDatagram'])
  const claims = all.flatMap((one) => claimOf(one, unit, isSixOnly))
  return {
    ports: claims.map((one) => ({ ...one, ...identityOf(one, { claims, unit, isShared }) })),
  }
}

function claimOf(setting: UnitSetting, unit: Unit, isSixOnly: boolean): readonly FoundPort[] {
  const { name, value, source, offset } = setting
  const match = /^(?:(\[[^\]]*\](?:%\w+)?|[^:/@%]+):)?(\d+)$/.exec(value)
  const port = match === null ? undefined : parsePort(match[2] ?? '')
  const addresses = match === null ? undefined : boundTo(match[1], isSixOnly)
  if (port === undefined || addresses === undefined) return []
  const protocol = name === 'ListenDatagram' ? 'udp' : 'tcp'
  return [
    {
      ...{ ...unit.common, ...source.at(offset), first: port, last: port, protocol, addresses },
      ...{ stance: 'claim', confidence: 'explicit', scope: 'host', text: `${name}=${value}` },
    },
  ]
}

/** A port alone and `[::]` take both families, unless `BindIPv6Only` says otherwise. */
function boundTo(host: string | undefined, isSixOnly: boolean): readonly string[] | undefined {
  if (host === undefined) return isSixOnly ? ['::'] : EVERY_ADDRESS
  const address = canonicalAddress(host.replace(/%\w+$/, '').replace(/^\[|\]$/g, ''))
  if (address === undefined) return undefined
  return address === '::' && !isSixOnly ? EVERY_ADDRESS : [address]
}

function identityOf(
  port: FoundPort,
  around: {
    readonly claims: readonly FoundPort[]
    readonly unit: Unit
    readonly isShared: boolean
  },
): Pick<FoundPort, 'identity'> | Record<never, never> {
  const { first, protocol } = port
  // Units that all say `ReusePort` mean to share it.
  if (around.isShared) return { identity: `systemd shared ${protocol} ${first}` }
  const same = around.claims.filter((one) => one.first === first && one.protocol === protocol)
  return same.length > 1 ? {} : { identity: sharedName(around.unit, protocol, first) }
}
