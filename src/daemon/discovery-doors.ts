/**
 * Which doors of discovery a daemon opens and which files it keeps, read from one line:
 * `http=4690 localhost=4680 env=.env`. Loaded only where somebody has written such a line.
 */
import { Fault } from '../core/fault/fault.ts'
import type { VariableScope } from '../edge/discovery/env/print-variables.ts'
import type { ExportedFile } from '../edge/discovery/export/follow-file.ts'
import {
  printHaproxyBackends,
  printHaproxyMap,
  printHaproxySlots,
  printHaproxyState,
} from '../edge/discovery/export/print-haproxy.ts'
import { printNginxUpstreams } from '../edge/discovery/export/print-nginx.ts'
import type { DiscoveryDoors } from '../edge/discovery/server/open-discovery.ts'
import { DISCOVERY_VARIABLE } from '../server/client/daemon-place.ts'

/** Servers, each with its port. */
const SERVERS = ['http', 'dns', 'envoy', 'localhost'] as const

/** Blocks of variables in files. */
const BLOCKS = { env: 'dotenv', sh: 'sh' } as const

/** Whole files, and what is in them. */
const FILES: Readonly<Record<string, ExportedFile['print']>> = {
  nginx: printNginxUpstreams,
  haproxy: printHaproxyBackends,
  'haproxy-map': printHaproxyMap,
  'haproxy-slots': printHaproxySlots,
  'haproxy-state': printHaproxyState,
}

/**
 * The doors that a line names. Files are below the root, and blocks of variables are of this home.
 *
 * @throws address-unusable
 */
export function parseDoors(text: string, root: string, home: VariableScope = {}): DiscoveryDoors {
  const words = text.trim().split(/[\s,]+/)
  return words.map((word) => parseDoor(word, root, home)).reduce(joinDoors, {})
}

function parseDoor(word: string, root: string, home: VariableScope): DiscoveryDoors {
  const [, name = '', value = ''] = /^([a-z-]+)=(.+)$/.exec(word) ?? []
  if (SERVERS.some((one) => one === name) && /^\d{1,5}$/.test(value) && Number(value) <= 65_535)
    return { [name]: { port: Number(value) } }
  if (name === 'env' || name === 'sh')
    return { blocks: [{ ...home, root, path: value, style: BLOCKS[name] }] }
  const print = Object.hasOwn(FILES, name) ? FILES[name] : undefined
  if (print !== undefined) return { files: [{ root, path: value, print }] }
  throw new Fault({
    code: 'address-unusable',
    operation: 'open discovery',
    subject: DISCOVERY_VARIABLE,
    hint:
      `${JSON.stringify(word)} names no door; there are ${SERVERS.join('=PORT, ')}=PORT, ` +
      `${[...Object.keys(BLOCKS), ...Object.keys(FILES)].join('=FILE, ')}=FILE.`,
  })
}

function joinDoors(one: DiscoveryDoors, other: DiscoveryDoors): DiscoveryDoors {
  return {
    ...one,
    ...other,
    blocks: [...(one.blocks ?? []), ...(other.blocks ?? [])],
    files: [...(one.files ?? []), ...(other.files ?? [])],
  }
}
