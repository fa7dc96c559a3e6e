/**
 * What webhooks are told with. Opening it costs nothing: the key is read, or made, only once there is a
 * webhook, and the client of HTTP is loaded with the first message.
 */
import { join } from 'node:path'
import { HttpCourier } from '../notifier/http-courier.ts'
import { parseReach } from '../notifier/reach.ts'
import { SystemRandom } from '../random/system-random.ts'
import type { Leases } from '../seams/leases.ts'
import type { DaemonPlace } from '../server/client/daemon-place.ts'
import type { Notifying } from '../server/parts.ts'
import { readMasterKey } from '../settings/master-key.ts'

/** Where things are, and what is allowed. */
export interface NotifyingOptions {
  readonly place: DaemonPlace
  /** A copy of the process's variables. */
  readonly settings: Readonly<Record<string, string>>
  /** The file of the master key; absent: one of the workspace's own. */
  readonly keyFile?: string | undefined
  /** Networks that webhooks may reach although they are private. */
  readonly mayReach?: string | undefined
  readonly leases?: Leases | undefined
}

/** @throws request-malformed when what may be reached is no list of networks */
export function openNotifying(options: NotifyingOptions): Notifying {
  const { place, settings, keyFile, leases } = options
  const mayReach = parseReach(options.mayReach ?? settings['RAMPART_WEBHOOKS_MAY_REACH'] ?? '')
  const environment = settings['RAMPART_KEY']
  let key: Uint8Array | undefined
  return {
    courier: new HttpCourier({ mayReach }),
    random: new SystemRandom(),
    masterKey: () => {
      key ??= readMasterKey({
        ...(environment === undefined ? {} : { environment }),
        ...(keyFile === undefined ? {} : { file: keyFile }),
        ownFile: join(place.folder, 'master.key'),
      })
      return key
    },
    ...(leases === undefined ? {} : { leases }),
  }
}
