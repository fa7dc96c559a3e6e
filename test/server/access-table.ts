/**
 * What every operation of the API asks of whoever calls it, and how to call it so that nothing but
 * access can refuse it. Written by hand, apart from the routes: the two are compared by the matrix.
 */
import type { Role } from '../../src/server/wire/access.ts'

/** A ramp of the contract that scopes are about, and what else a call may name. */
export interface Named {
  readonly ramp: string
  readonly digest: string
  readonly token: string
  /** Different each time. */
  readonly fresh: string
}

/** How an operation is called, and by whom. */
export interface Row {
  /** The lowest role that may; `open`: everybody, `self`: whoever is known. */
  readonly needs: Role | 'agent' | 'open' | 'self'
  /**
   * `contract`: one contract, absent for whoever may not see it. `list`: everybody sees their own.
   * `whole`: everything at once. `region`: one region. `any`: nothing that scopes speak of.
   */
  readonly over: 'contract' | 'list' | 'whole' | 'region' | 'any'
  /** The answer to whoever may. */
  readonly ok: number | readonly number[]
  /** The answer to whoever has the role, but not there. @default 404 for contracts, 403 else */
  readonly outside?: number
  readonly query?: string
  readonly body?: (named: Named) => object
  /** What lists show of the contract to whoever may see it. */
  readonly shows?: string
}

/** The contract that scopes are about, as it is held. */
export const SHOP = {
  apiVersion: 'rampart/v1',
  kind: 'Environment',
  metadata: { name: 'shop', labels: { team: 'store' } },
  spec: { components: { api: { run: { command: ['node', 'api.js'] } } } },
} as const

const OPEN = { needs: 'open', over: 'any' } as const
const SELF = { needs: 'self', over: 'any' } as const
const SEE = { needs: 'viewer', over: 'contract', ok: 200 } as const
const LIST = { needs: 'viewer', over: 'list', ok: 200 } as const
const READ_ALL = { needs: 'viewer', over: 'whole', ok: 200 } as const
const ADMIN = { needs: 'admin', over: 'whole' } as const

/** By the operation's id. */
export const ACCESS_TABLE: Readonly<Record<string, Row>> = {
  getLiveness: { ...OPEN, ok: 200 },
  getReadiness: { ...OPEN, ok: [200, 503] },
  getOpenApi: { ...OPEN, ok: 200 },
  getSignInWays: { ...OPEN, ok: 200 },
  // Nobody signs in by a browser at this server.
  beginSignIn: { ...OPEN, ok: 503 },
  endSignIn: { ...OPEN, ok: 503 },
  beginDeviceLogin: { ...OPEN, ok: 503 },
  takeDeviceToken: { ...OPEN, ok: 403, body: () => ({ deviceCode: 'none' }) },
  beginSession: { ...OPEN, ok: 401, body: () => ({ token: 'none' }) },

  getMe: { ...SELF, ok: 200 },
  // Everybody here has come by a token.
  createSignInCode: { ...SELF, ok: 201 },
  signOut: { ...SELF, ok: 204 },
  getDaemon: { ...SELF, ok: 200 },

  listRamps: { ...LIST, shows: 'shop' },
  listEnvironments: { ...LIST, shows: 'shop' },
  listContracts: { ...LIST, shows: 'shop' },
  listApprovals: LIST,
  readLogs: LIST,
  streamEvents: LIST,
  getRamp: SEE,
  listRampEntries: SEE,
  getCircumstances: SEE,
  streamRamp: SEE,
  getContract: SEE,
  listRevisions: SEE,
  getRevision: SEE,
  compareRevisions: { ...SEE, query: 'from={digest}&to={digest}' },
  listProposals: LIST,
  listContractProposals: SEE,
  // Nothing was proposed of it, which only those are told who may see the contract.
  getProposal: { ...SEE, ok: 404 },
  answerProposal: {
    needs: 'operator',
    over: 'contract',
    ok: 404,
    body: () => ({ say: 'approve' }),
  },
  planContract: { ...SEE, body: () => ({ goal: 'up' }) },

  openRamp: {
    needs: 'operator',
    over: 'contract',
    ok: [201, 409],
    outside: 403,
    body: () => ({ contract: SHOP, directory: '/srv', goal: 'up', settings: {}, by: 'x' }),
  },
  sayWord: {
    needs: 'operator',
    over: 'contract',
    ok: 200,
    body: () => ({ by: 'x', word: { say: 'hold', why: '' } }),
  },
  applyContracts: {
    needs: 'operator',
    over: 'contract',
    ok: 200,
    outside: 403,
    body: () => ({ documents: [SHOP], dryRun: true }),
  },

  verifyLedger: READ_ALL,
  listStreams: READ_ALL,
  listLedgerEntries: READ_ALL,
  exportLedger: READ_ALL,
  // What is not under a signed checkpoint yet cannot be proved yet.
  proveEntry: { ...READ_ALL, ok: [200, 404, 409] },
  getMetrics: READ_ALL,

  listPorts: LIST,
  // Of a service that nobody may see there is nobody ready.
  listServices: LIST,
  findService: LIST,
  explainPort: READ_ALL,
  claimPorts: {
    needs: 'operator',
    over: 'contract',
    ok: 200,
    body: () => ({ wishes: [{ owner: { service: 'shop/api', port: 'http' } }] }),
  },
  assignPort: {
    needs: 'operator',
    over: 'contract',
    ok: 404,
    body: () => ({ process: { pid: 2, started: '1', bootId: 'none' } }),
  },
  getLease: { ...SEE, ok: 404 },
  releasePort: { needs: 'operator', over: 'contract', ok: 404 },

  listScans: LIST,
  listScanConflicts: LIST,
  getScan: { ...SEE, ok: [200, 404] },
  publishScan: {
    needs: 'operator',
    over: 'contract',
    ok: 200,
    outside: 403,
    body: () => ({ findings: [], moreFindings: 0, claims: [], moreClaims: 0, filesRead: 1 }),
  },
  removeScan: { needs: 'operator', over: 'contract', ok: [204, 404] },

  listAgents: { needs: 'viewer', over: 'any', ok: 200 },
  getAgent: { needs: 'viewer', over: 'any', ok: [200, 404] },
  listRegions: { needs: 'viewer', over: 'any', ok: 200 },
  listReplicas: { needs: 'viewer', over: 'any', ok: 200 },
  takeWork: {
    needs: 'agent',
    over: 'region',
    ok: [200, 409],
    query: 'region=eu&instance=one&version=1.2.3',
  },
  reportWork: {
    needs: 'agent',
    over: 'any',
    ok: [200, 404, 409, 410],
    body: () => ({ session: 'none', reports: [] }),
  },

  // Whom this server tells nothing, it has nobody to tell.
  listWebhooks: { ...ADMIN, ok: [200, 404] },
  addWebhook: {
    ...ADMIN,
    ok: [201, 404],
    body: () => ({ url: 'https://hooks.example/shop' }),
  },
  getWebhook: { ...ADMIN, ok: [200, 404] },
  removeWebhook: { ...ADMIN, ok: [204, 404] },
  listDeliveries: { ...ADMIN, ok: [200, 404] },
  getDelivery: { ...ADMIN, ok: [200, 404] },
  redeliver: { ...ADMIN, ok: [200, 202, 404] },

  listTokens: { ...ADMIN, ok: 200 },
  getToken: { ...ADMIN, ok: 200 },
  createToken: {
    ...ADMIN,
    ok: 201,
    body: ({ fresh }) => ({ name: fresh, grants: [], lifetimeMs: 60_000 }),
  },
  revokeToken: { ...ADMIN, ok: 204 },
  listPeople: { ...ADMIN, ok: 200 },
  getPerson: { ...ADMIN, ok: 200 },
  grantPerson: { ...ADMIN, ok: 200, body: () => ({ grants: [] }) },
  signPersonOut: { ...ADMIN, ok: 200 },
  listLeftovers: { ...ADMIN, ok: 200 },
  removeAgent: { ...ADMIN, ok: [204, 404] },
  stopDaemon: { ...ADMIN, ok: 202 },
}

/** The address of an operation, with what a call names in place of its parameters. */
export function addressOf(path: string, { query }: Row, named: Named): string {
  const values: Readonly<Record<string, string>> = {
    ramp: named.ramp,
    kind: 'Environment',
    name: path.startsWith('/v1/people') ? 'oidc:anna' : 'shop',
    digest: named.digest,
    proposal: named.digest,
    id: named.token,
    region: 'eu',
    position: '1',
    port: '20443',
    lease: '20443-1',
    service: 'shop/api',
  }
  const address = query === undefined ? path : `${path}?${query}`
  return address.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const value = values[key]
    if (value === undefined)
      throw new Error(`say what {${key}} of ${path} is in ${import.meta.url}`)
    return encodeURIComponent(value)
  })
}
