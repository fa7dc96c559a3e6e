/** What the machine's settings say about ports. Only read: changing them takes root, and a person. */
import { existsSync, readFileSync } from 'node:fs'
import { type PortSpan, USUAL_EPHEMERAL } from '../../core/port/machine-facts.ts'

const FOLDER = '/proc/sys/net/ipv4'

/** What bears on ports; read anew each time, since it may be changed at any time. */
export interface PortSettings {
  readonly ephemeral: PortSpan
  /** Ports that outgoing connections are never given. */
  readonly reserved: ReadonlySet<number>
  /** From this one on, everybody may listen. */
  readonly unprivilegedFrom: number
}

/** The settings of this machine; what its system usually has, where it does not tell. */
export function readPortSettings(folder: string = FOLDER): PortSettings {
  const usual = process.platform === 'linux' ? USUAL_EPHEMERAL.linux : USUAL_EPHEMERAL.macos
  const [first = Number.NaN, last = Number.NaN] = read(folder, 'ip_local_port_range').map(Number)
  const isTold = Number.isInteger(first) && Number.isInteger(last)
  const [from = '1024'] = read(folder, 'ip_unprivileged_port_start')
  return {
    ephemeral: isTold ? { first, last } : usual,
    reserved: parsePorts(read(folder, 'ip_local_reserved_ports')[0] ?? ''),
    unprivilegedFrom: Number(from),
  }
}

/** Ports written as `8080,9000-9010`. */
export function parsePorts(text: string): ReadonlySet<number> {
  const spans = text.split(',').flatMap((span) => {
    const [first = Number.NaN, last = first] = span.split('-').map(Number.parseFloat)
    return Number.isInteger(first) ? [{ first, last }] : []
  })
  return new Set(
    spans.flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, step) => first + step),
    ),
  )
}

function read(folder: string, name: string): readonly string[] {
  const path = `${folder}/${name}`
  if (!existsSync(path)) return []
  return readFileSync(path, 'latin1').trim().split(/\s+/)
}
