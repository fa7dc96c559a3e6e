/**
 * What webhooks are told with. Opening it costs nothing: the key is read, or made, only once there is a
 * webhook, and the client of HTTP is loaded with the first message.
 */
import { HttpCourier } from '../notifier/http-courier.ts'
import { parseReach } from '../notifier/reach.ts'
import { SystemRandom } from '../random/system-random.ts'
import type { Leases } from '../seams/leases.ts'
import type { Notifying } from '../server/parts.ts'
import { type DaemonKeyPlaces, readDaemonKey } from './daemon-key.ts'

/** Where things are, and what is allowed. */
export interface NotifyingOptions extends DaemonKeyPlaces {
  /** Networks that webhooks may reach although they are private. */
  readonly mayReach?: string | undefined
  readonly leases?: Leases | undefined
}

/** @throws request-malformed when what may be reached is no list of networks */
export function openNotifying(options: NotifyingOptions): Notifying {
  const { settings, leases } = options
  const mayReach = parseReach(options.mayReach ?? settings['RAMPART_WEBHOOKS_MAY_REACH'] ?? '')
  let key: Uint8Array | undefined
  return {
    courier: new HttpCourier({ mayReach }),
    random: new SystemRandom(),
    masterKey: () => {
      key ??= readDaemonKey(options)
      return key
    },
    ...(leases === undefined ? {} : { leases }),
  }
}
