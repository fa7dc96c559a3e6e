/** Configuration files of development servers, and where each of them says its ports. */
import { EVERY_ADDRESS, LOOPBACK } from '../../core/port/port-claim.ts'

/** One setting that is a port. */
export interface PortSetting {
  /** Where it is: `server.port`. */
  readonly path: string
  /** Where the address beside it is. */
  readonly hostPath?: string
  /** As of a Tool: whose default it takes the place of. */
  readonly tool?: string
  readonly addresses: readonly string[]
  /** Which of the ways of running it: development and preview are never there together. */
  readonly moment?: string
}

/** One kind of configuration file. */
export interface ConfigKind {
  readonly name: RegExp
  readonly format: string
  readonly ports: readonly PortSetting[]
  /** Below these settings, URLs are of those it connects to. */
  readonly connections: readonly string[]
}

const VITE: readonly PortSetting[] = [
  {
    ...{ path: 'server.port', hostPath: 'server.host', tool: 'vite' },
    ...{ addresses: LOOPBACK, moment: 'dev' },
  },
  { path: 'server.hmr.port', hostPath: 'server.hmr.host', addresses: LOOPBACK, moment: 'dev' },
  {
    ...{ path: 'preview.port', hostPath: 'preview.host', tool: 'vite-preview' },
    ...{ addresses: LOOPBACK, moment: 'preview' },
  },
  { path: 'test.api.port', hostPath: 'test.api.host', addresses: LOOPBACK, moment: 'test' },
  { path: 'test.api', addresses: LOOPBACK, moment: 'test' },
]

/** By the names of the files; the first one that fits counts. */
export const CONFIG_KINDS: readonly ConfigKind[] = [
  {
    name: named('vite|vitest'),
    format: 'vite',
    ports: VITE,
    connections: ['server.proxy', 'preview.proxy'],
  },
  kind('astro', [local('server', 'astro')], ['vite.server.proxy']),
  kind('nuxt', [local('devServer', 'nuxt')], ['vite.server.proxy', 'nitro.devProxy']),
  {
    name: /(^|\/)(webpack|rspack)[\w.-]*\.[cm]?[jt]s$/,
    format: 'webpack',
    ports: [local('devServer', 'webpack')],
    connections: ['devServer.proxy'],
  },
  kind('rsbuild', [every('server', 'rsbuild')], ['server.proxy']),
  kind('vue', [every('devServer', 'vue-cli')], ['devServer.proxy']),
  kind('next', [], ['rewrites']),
  kind('cypress', [], ['e2e.baseUrl', 'component.devServer']),
]

function named(names: string): RegExp {
  return new RegExp(`(^|/)(${names})\\.config(\\.[\\w-]+)*\\.[cm]?[jt]s$`)
}

function kind(
  name: string,
  ports: readonly PortSetting[],
  connections: readonly string[],
): ConfigKind {
  return { name: named(name), format: name, ports, connections }
}

/** Listens on `localhost` unless told otherwise. */
function local(key: string, tool: string): PortSetting {
  return { path: `${key}.port`, hostPath: `${key}.host`, tool, addresses: LOOPBACK }
}

/** Listens on every address unless told otherwise. */
function every(key: string, tool: string): PortSetting {
  return { ...local(key, tool), addresses: EVERY_ADDRESS }
}
