/** Servers of HTTP that answer, although they are not ready. */
import type { Trap } from './trap.ts'

const RESOURCE = 'http://127.0.0.1:<port>/'

/** Traps that answer by HTTP. */
export const HTTP_TRAPS: readonly Trap[] = [
  {
    name: 'dead-dependency',
    sentence: '200 whose body says that the database is down',
    program: 'dead-dependency',
    truth: 'becomes',
    resource: RESOURCE,
    ready: ({ port }) => [
      { http: { url: `http://127.0.0.1:${port}/`, expectJson: { database: '^up$' } } },
    ],
  },
  {
    name: 'up-down-up',
    sentence: '503, for half a second 200, 503 again, then 200 for good',
    program: 'up-down-up',
    truth: 'becomes',
    resource: RESOURCE,
    ready: ({ port }) => [{ http: `http://127.0.0.1:${port}/`, holdFor: '1500ms' }],
  },
  {
    name: 'flaps',
    sentence: '503 to one question in five',
    program: 'flaps',
    truth: 'becomes',
    resource: RESOURCE,
    ready: ({ port }) => [{ http: `http://127.0.0.1:${port}/`, consecutive: 10 }],
  },
  {
    name: 'slow-drip',
    sentence: '200 at once, and a body without an end',
    program: 'slow-drip',
    truth: 'never',
    resource: RESOURCE,
    ready: ({ port }) => [{ http: `http://127.0.0.1:${port}/`, timeout: '1s' }],
  },
  {
    name: 'login-page',
    sentence: 'a redirect to a login page that answers 200',
    program: 'login-page',
    truth: 'becomes',
    resource: RESOURCE,
    ready: ({ port }) => [{ http: `http://127.0.0.1:${port}/` }],
  },
  {
    name: 'wrong-build',
    sentence: '200 from the build before this one',
    program: 'wrong-build',
    truth: 'becomes',
    resource: RESOURCE,
    ready: ({ port }) => [
      { http: { url: `http://127.0.0.1:${port}/`, expectHeaders: { 'x-build': '^2026-11-21$' } } },
    ],
  },
]
