/**
 * Every route of the API, in one place: the daemon serves them, and the API's document is made of
 * them. Adding routes asks nothing of the parts; only answering does.
 */
import type { Api } from './api.ts'
import type { App } from './app.ts'
import { addAccessRoutes } from './routes/access-routes.ts'
import { addAgentRoutes } from './routes/agent-routes.ts'
import { addApprovalRoutes } from './routes/approval-routes.ts'
import { addAuthRoutes } from './routes/auth-routes.ts'
import { addContractRoutes } from './routes/contract-routes.ts'
import { addDaemonRoutes } from './routes/daemon-routes.ts'
import { addDocumentRoutes } from './routes/document-routes.ts'
import { addEventRoutes } from './routes/event-routes.ts'
import { addHealthRoutes } from './routes/health-routes.ts'
import { addLedgerRoutes } from './routes/ledger-routes.ts'
import { addPortRoutes } from './routes/port-routes.ts'
import { addProposalRoutes } from './routes/proposal-routes.ts'
import { addRampRoutes } from './routes/ramp-routes.ts'
import { addReplicaRoutes } from './routes/replica-routes.ts'
import { addScanRoutes } from './routes/scan-routes.ts'
import { addServiceRoutes } from './routes/service-routes.ts'
import { addWebhookRoutes } from './routes/webhook-routes.ts'
import { addWorldRoutes } from './routes/world-routes.ts'

/** Adds them all. */
export function addRoutes(app: App, api: Api): void {
  const { parts } = api
  addDaemonRoutes(app, api)
  addHealthRoutes(app, parts)
  addAgentRoutes(app, api)
  addReplicaRoutes(app, parts)
  addRampRoutes(app, api)
  addContractRoutes(app, api)
  addProposalRoutes(app, api)
  addLedgerRoutes(app, parts)
  addEventRoutes(app, api)
  addWorldRoutes(app, api)
  addPortRoutes(app, api)
  addScanRoutes(app, api)
  addServiceRoutes(app, api)
  addAccessRoutes(app, api)
  addAuthRoutes(app, api)
  addApprovalRoutes(app, api)
  addWebhookRoutes(app, api.notifications)
  const { version } = parts.identity
  addDocumentRoutes(app, { version, add: (other) => addRoutes(other, api) })
}
