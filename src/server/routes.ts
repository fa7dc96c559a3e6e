/**
 * Every route of the API, in one place: the daemon serves them, and the API's document is made of
 * them. Adding routes asks nothing of the parts; only answering does.
 */
import type { App } from './app.ts'
import { ContractStore } from './contracts/contract-store.ts'
import type { ServerParts } from './parts.ts'
import type { RampIndex } from './ramp-index.ts'
import { addContractRoutes } from './routes/contract-routes.ts'
import { addDaemonRoutes } from './routes/daemon-routes.ts'
import { addDocumentRoutes } from './routes/document-routes.ts'
import { addLedgerRoutes } from './routes/ledger-routes.ts'
import { addRampRoutes } from './routes/ramp-routes.ts'
import { addWorldRoutes } from './routes/world-routes.ts'

/** Adds them all. */
export function addRoutes(
  app: App,
  parts: ServerParts,
  index: RampIndex,
  store: ContractStore = new ContractStore(parts),
): void {
  app.addHook('onClose', async () => store.close())
  addDaemonRoutes(app, parts)
  addRampRoutes(app, { parts, index, store })
  addContractRoutes(app, { parts, index, store })
  addLedgerRoutes(app, parts)
  addWorldRoutes(app, parts, index)
  const { version } = parts.identity
  addDocumentRoutes(app, { version, add: (other) => addRoutes(other, parts, index, store) })
}
