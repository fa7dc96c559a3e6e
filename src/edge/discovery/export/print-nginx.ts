/**
 * Who is ready, for nginx to include: an `upstream` for each port of a service. nginx reads it when it
 * is reloaded; one without hosts answers 502 instead of keeping nginx from starting.
 */
import type { Endpoint } from '../../../seams/endpoints.ts'
import { printTarget } from '../instances.ts'
import { type ExportScope, exportedGroups, WRITTEN_HEAD } from './exported-groups.ts'

/** Never reached, because it is down; nginx wants a server in every upstream. */
const NOBODY = '  server 127.0.0.1:1 down;'

/** The text of the file, for the context `http` or `stream`. */
export function printNginxUpstreams(all: readonly Endpoint[], scope: ExportScope = {}): string {
  const blocks = exportedGroups(all, scope).map(({ name, endpoints }) => {
    const servers = endpoints.map((one) => `  server ${printTarget(one)};`)
    return [`upstream ${name} {`, ...(servers.length === 0 ? [NOBODY] : servers), '}'].join('\n')
  })
  return [WRITTEN_HEAD, ...blocks, ''].join('\n')
}
