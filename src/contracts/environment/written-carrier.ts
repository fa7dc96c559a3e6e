/** The proxy that carries a component's front in the place of Rampart's own forwarder, as it is written. */
import * as z from 'zod'
import { canonicalAddress } from '../../core/port/ip-text.ts'
import { mappingExpected } from '../document/word-schemas.ts'

/** Where clients reach a proxy. */
interface WrittenReach {
  readonly host?: string
  readonly port: number
}

/** A backend of HAProxy, and the runtime socket by which it is told. */
export interface WrittenHaproxy extends WrittenReach {
  readonly socket: string
  readonly backend: string
}

/** An upstream of nginx, by the file that it includes. */
export interface WrittenNginx extends WrittenReach {
  readonly servers: string
  readonly config?: string
  readonly pid?: string
}

/** A cluster of Envoy, by the file of its endpoints. */
export interface WrittenEnvoy extends WrittenReach {
  readonly endpoints: string
  readonly cluster: string
  readonly admin?: string
}

/** Exactly one of them. */
export interface WrittenCarrier {
  readonly haproxy?: WrittenHaproxy
  readonly nginx?: WrittenNginx
  readonly envoy?: WrittenEnvoy
}

const path = z
  .string()
  .regex(/^\/(?!.*\/\.\.?(?:\/|$))[^\0\s]+$/, 'an absolute path, such as /run/haproxy.sock')

/** What a path of a socket may be long. @source unix(7) */
const SOCKET_MAX = 107

const reach = {
  host: z
    .string()
    .refine((text) => canonicalAddress(text) !== undefined, 'a literal address, such as 127.0.0.1')
    .exactOptional()
    .describe('Address at which clients reach it.')
    .meta({ default: '127.0.0.1' }),
  port: z.int().min(1).max(65_535).describe('Port at which clients reach it; it listens there.'),
}

const haproxy: z.ZodType<WrittenHaproxy> = z.strictObject({
  socket: path.max(SOCKET_MAX).describe('Its runtime socket, which must have the level admin.'),
  backend: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]{1,100}$/, 'the name of a backend: letters, digits, - _ . and :')
    .describe('Backend of which every server is told by Rampart; it must balance dynamically.'),
  ...reach,
})

const nginx: z.ZodType<WrittenNginx> = z.strictObject({
  servers: path.describe('File that its upstream includes, which Rampart alone writes.'),
  config: path
    .exactOptional()
    .describe('Its main configuration, which is tested before each reload.')
    .meta({ default: '/etc/nginx/nginx.conf' }),
  pid: path
    .exactOptional()
    .describe('File with the number of its master process.')
    .meta({ default: '/run/nginx.pid' }),
  ...reach,
})

const JSON_PATH = /^\/(?!.*\/\.\.?(?:\/|$))[^\0\s]+\.json$/

const envoy: z.ZodType<WrittenEnvoy> = z.strictObject({
  endpoints: z
    .string()
    .regex(JSON_PATH, 'an absolute path that ends in .json, by which Envoy knows what it reads')
    .describe('File from which its cluster takes endpoints, which Rampart alone writes.'),
  cluster: z
    .string()
    .regex(/^[\w.:/|-]{1,200}$/, 'the name of a cluster: letters, digits, - _ . : / and |')
    .describe('Cluster of which every endpoint is told by Rampart.'),
  admin: z
    .string()
    .refine(
      isDoor,
      'a literal address with a port, such as 127.0.0.1:9901, or the path of a socket',
    )
    .exactOptional()
    .describe('Where its admin door is.')
    .meta({ default: '127.0.0.1:9901' }),
  ...reach,
})

function isDoor(text: string): boolean {
  if (path.max(SOCKET_MAX).safeParse(text).success) return true
  const [, v6, v4, port = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const isPort = Number(port) >= 1 && Number(port) <= 65_535
  return isPort && canonicalAddress(v6 ?? v4 ?? '') !== undefined && v6?.includes(':') !== false
}

/** What `roll.by` may be. */
export const CARRIER_EXPECTED = 'descriptor, or a mapping with haproxy, nginx or envoy'

/** The schema of a proxy in `roll.by`. */
export const writtenCarrier: z.ZodType<WrittenCarrier> = z.strictObject(
  {
    haproxy: haproxy.exactOptional().describe('HAProxy, told over its runtime socket.'),
    nginx: nginx.exactOptional().describe('Nginx, by a file of servers and reloads.'),
    envoy: envoy.exactOptional().describe('Envoy, by a file of endpoints that it watches.'),
  },
  mappingExpected(CARRIER_EXPECTED),
)
