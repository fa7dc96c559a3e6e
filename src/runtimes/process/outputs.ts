/** What an instance is known by to conditions and to other components. */
import type { JsonObject } from '../../core/units/json.ts'
import type { Instance } from './instance.ts'
import { notifyFile } from './notify/notify-keeper.ts'
import type { StartInput } from './order-input.ts'
import type { Registry } from './registry.ts'
import { rawFiles } from './spawn.ts'

/** Where components listen whose contract names no address. */
export const HOST = '127.0.0.1'

/** What expressions may refer to as `self`, and what probes that look at a process need. */
export function instanceOutputs(instance: Instance): JsonObject {
  const { record } = instance
  return {
    instance: record.instance,
    subject: record.subject,
    ...(record.copy === undefined ? {} : { copy: record.copy }),
    pid: instance.identity?.pid ?? 0,
    host: record.host ?? HOST,
    ports: record.ports,
    ...rawFiles(instance.path),
    ...(record.notify === true ? { notify: notifyFile(instance.path) } : {}),
    startedBy: record.order,
    startedAtMs: record.startedAtMs,
  }
}

/** Which starts run beside one with the sockets that it shares, so that its record tells who gives way. */
export function sharingOutputs(
  { name: own, record }: Instance,
  { ports }: StartInput,
  registry: Pick<Registry, 'of'>,
): JsonObject {
  if (!Object.values(ports).some(({ share }) => share === true)) return {}
  const beside = registry.of(record.subject).filter(({ name, ended, identity }) => {
    return name !== own && ended === undefined && identity !== undefined
  })
  return { sharesWith: beside.map(({ name }) => name) }
}
