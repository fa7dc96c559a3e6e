/** A unit and what is dropped in beside it, as one. */
import { ofEnvironment } from '../found/environment-of.ts'
import type { Folder } from '../found/folder.ts'
import type { FoundPort } from '../found/found-port.ts'
import { folderOf, nameOf } from '../found/paths.ts'
import type { SourceText } from '../found/source-text.ts'
import { parseUnit, type UnitSetting } from './parse-unit.ts'

/** A unit. */
export interface Unit {
  /** `shop` of `shop.socket`. */
  readonly name: string
  readonly home: string
  readonly settings: readonly UnitSetting[]
  readonly common: Pick<FoundPort, 'format' | 'unit' | 'service'> &
    Partial<Pick<FoundPort, 'environment'>>
}

type Kind = 'socket' | 'service'

const KINDS: Readonly<Record<Kind, RegExp>> = {
  socket: /\.socket(\.d\/[^/]+\.conf)?$/,
  service: /\.service(\.d\/[^/]+\.conf)?$/,
}

/** Whether a path is one of a unit of a kind, or is dropped in to one. */
export function isOfKind(path: string, kind: Kind): boolean {
  return KINDS[kind].test(path)
}

/** The unit of a file; undefined where another file of it stands for all. */
export function unitOf(source: SourceText, folder: Folder): Unit | undefined {
  const path = source.path.replace(/\.d\/[^/]+\.conf$/, '')
  const dropped = folder.paths.filter(
    (one) => folderOf(one) === `${path}.d` && one.endsWith('.conf'),
  )
  // What is dropped in to a unit of the system has no unit beside it.
  const [first] = folder.has(path) ? [path] : dropped
  if (first !== source.path) return undefined
  const files = folder.has(path) ? [path, ...dropped] : dropped
  const sources = files.flatMap((one) => folder.read(one) ?? [])
  const name = nameOf(path).replace(/\.\w+$/, '')
  return {
    ...{ name, home: folderOf(path), settings: parseUnit(sources) },
    common: {
      ...{ format: 'systemd', unit: `systemd ${path}`, service: name },
      ...ofEnvironment(path),
    },
  }
}

/** What a socket and the service that takes it over have in common. */
export function sharedName({ home, name }: Unit, protocol: string, port: number): string {
  return `systemd ${home}/${name} ${protocol} ${port}`
}

/** Whether a word of systemd means yes. */
export function isYes(setting: UnitSetting | undefined): boolean {
  return /^(1|yes|y|true|t|on)$/i.test(setting?.value ?? '')
}
