/**
 * Which doors of discovery a daemon opens and which files it keeps, read from one line:
 * `http=4690 localhost=4680 env=.env`. Loaded only where somebody has written such a line.
 */
import { Fault } from '../core/fault/fault.ts'
import { printHaproxyBackends, printHaproxyMap } from '../edge/discovery/export/print-haproxy.ts'
import { printNginxUpstreams } from '../edge/discovery/export/print-nginx.ts'
import type { DiscoveryDoors } from '../edge/discovery/server/open-discovery.ts'
import type { Endpoint } from '../seams/endpoints.ts'
import { DISCOVERY_VARIABLE } from '../server/client/daemon-place.ts'

/** Servers, each with its port. */
const SERVERS = ['http', 'dns', 'envoy', 'localhost'] as const

/** Blocks of variables in files. */
const BLOCKS = { env: 'dotenv', sh: 'sh' } as const

/** Whole files, and what is in them. */
const FILES: Readonly<Record<string, (all: readonly Endpoint[]) => string>> = {
  nginx: (all) => printNginxUpstreams(all),
  haproxy: (all) => printHaproxyBackends(all),
  'haproxy-map': (all) => printHaproxyMap(all),
}

/**
 * The doors that a line names. Files are below the root.
 *
 * @throws address-unusable
 */
export function parseDoors(text: string, root: string): DiscoveryDoors {
  const words = text.trim().split(/[\s,]+/)
  return words.map((word) => parseDoor(word, root)).reduce(joinDoors, {})
}

function parseDoor(word: string, root: string): DiscoveryDoors {
  const [, name = '', value = ''] = /^([a-z-]+)=(.+)$/.exec(word) ?? []
  if (SERVERS.some((one) => one === name) && /^\d{1,5}$/.test(value) && Number(value) <= 65_535)
    return { [name]: { port: Number(value) } }
  if (name === 'env' || name === 'sh')
    return { blocks: [{ root, path: value, style: BLOCKS[name] }] }
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
