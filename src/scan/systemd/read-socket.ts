/** Sockets that systemd listens on for its services. @source systemd.socket(5) */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import { type Findings, type FoundPort, NOTHING } from '../found/found-port.ts'
import { lenientAddress, parsePort } from '../found/port-words.ts'
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
  const counts = new Map<string, number>()
  for (const { first, protocol: own } of claims) {
    const key = `${own} ${first}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const ports = claims.map((one): FoundPort => {
    // Units that all say `ReusePort` mean to share it.
    const key = `${one.protocol} ${one.first}`
    if (isShared) return { ...one, identity: `systemd shared ${key}` }
    return counts.get(key) === 1
      ? { ...one, identity: sharedName(unit, one.protocol, one.first) }
      : one
  })
  return { ports }
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
  const address = lenientAddress(host.replace(/%\w+$/, '').replace(/^\[|\]$/g, ''))
  if (address === undefined) return undefined
  return address === '::' && !isSixOnly ? EVERY_ADDRESS : [address]
}
