/** What routes are added with: the server's parts, and what is made of them once for all routes. */

import { CLOSED } from './access/access-config.ts'
import { type Access, addAccess } from './access/add-access.ts'
import type { App } from './app.ts'
import { ApprovalIndex } from './approval-index.ts'
import { ContractStore } from './contracts/contract-store.ts'
import { honourKeys } from './idempotency.ts'
import { LogMasks } from './log-masks.ts'
import { Notifications } from './notifications/notifications.ts'
import type { ServerParts } from './parts.ts'
import { readPreconditions } from './precondition.ts'
import { RampIndex } from './ramp-index.ts'

/** Everything that routes need. */
export interface Api {
  readonly parts: ServerParts
  readonly index: RampIndex
  readonly store: ContractStore
  readonly approvals: ApprovalIndex
  readonly masks: LogMasks
  readonly access: Access
  /** Absent where nobody can be told. */
  readonly notifications: Notifications | undefined
  /** Idempotent. */
  close(): Promise<void>
}

/** Makes it, and lets the app ask every request who sends it. To be called before any route is added. */
export function openApi(app: App, parts: ServerParts): Api {
  const { records, ledger, clock, localUser, access: config = CLOSED } = parts
  const { accessRecords = records } = parts
  const access = addAccess(app, { records: accessRecords, ledger, clock, localUser, config })
  readPreconditions(app)
  honourKeys(app, parts)
  const index = new RampIndex(parts)
  const store = new ContractStore(parts)
  const approvals = new ApprovalIndex(parts)
  const masks = new LogMasks({ ...parts, index })
  const close = async (): Promise<void> => {
    index.close()
    approvals.close()
    masks.close()
    store.close()
    await notifications?.close()
  }
  const notifications = notificationsOf(parts, access)
  return { parts, index, store, approvals, masks, access, notifications, close }
}

function notificationsOf(parts: ServerParts, { audit }: Access): Notifications | undefined {
  const { notifying, ledger, records, clock, access } = parts
  if (notifying === undefined) return undefined
  const publicUrl = access?.publicUrl
  return new Notifications({
    ...{ ledger, records, clock, audit, ...notifying },
    ...(publicUrl === undefined ? {} : { publicUrl }),
    onTrouble: (error) => parts.onTrouble(error),
  })
}
