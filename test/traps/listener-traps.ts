/** Ports that accept, although nobody or somebody else is behind them, and processes that are gone. */
import type { Trap } from './trap.ts'

const RESOURCE = 'http://127.0.0.1:<port>/'

/** Traps at a port. */
export const LISTENER_TRAPS: readonly Trap[] = [
  {
    name: 'never-answers',
    sentence: 'accepts connections and never answers',
    program: 'never-answers',
    truth: 'never',
    resource: RESOURCE,
    ready: ({ port }) => [{ http: `http://127.0.0.1:${port}/`, timeout: '1s' }],
  },
  {
    name: 'silent-greeting',
    sentence: 'a mail relay that accepts, and greets only when it takes mail',
    program: 'silent-greeting',
    truth: 'becomes',
    resource: 'tcp:127.0.0.1:<port>',
    ready: ({ port }) => [{ tcp: { host: '127.0.0.1', port, banner: '^220 ' }, timeout: '1s' }],
  },
  {
    name: 'stale-http',
    sentence: 'a server of an earlier run answers at its port, by HTTP',
    program: 'stale-server',
    truth: 'becomes',
    isOccupied: true,
    resource: RESOURCE,
    ready: ({ port }) => [{ http: { url: `http://127.0.0.1:${port}/`, owned: true } }],
  },
  {
    name: 'stale-tcp',
    sentence: 'a server of an earlier run listens on its port',
    program: 'stale-server',
    truth: 'becomes',
    isOccupied: true,
    resource: 'tcp:127.0.0.1:<port>',
    ready: ({ port }) => [{ tcp: { host: '127.0.0.1', port: Number(port), owned: true } }],
  },
  {
    name: 'ipv6-only',
    sentence: 'localhost that listens at ::1 only',
    program: 'one-family',
    truth: 'becomes',
    resource: 'http://localhost:<port>/',
    env: () => ({ HOST: '::1' }),
    ready: ({ port }) => [{ http: `http://localhost:${port}/` }],
  },
  {
    name: 'ipv4-only',
    sentence: 'localhost that listens at 127.0.0.1 only',
    program: 'one-family',
    truth: 'becomes',
    resource: 'http://localhost:<port>/',
    env: () => ({ HOST: '127.0.0.1' }),
    ready: ({ port }) => [{ http: `http://localhost:${port}/` }],
  },
  {
    name: 'daemon-parent',
    sentence: 'exits with 0 once its server is started in the background, not ready yet',
    program: 'daemon-parent',
    truth: 'becomes',
    oneShot: true,
    resource: RESOURCE,
    ready: ({ port }) => [{ exit: 0 }, { http: `http://127.0.0.1:${port}/` }],
  },
]
