/** Every page with its address. What a page shows is in its address, so that it can be sent to others. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { OverviewPage } from './overview/overview-page.tsx'
import { LostPage } from './shell/lost-page.tsx'
import { Shell } from './shell/shell.tsx'

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: LostPage })

const overviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: OverviewPage,
})

/** Which ramps are listed. */
export interface RampsSearch {
  readonly show?: string | undefined
  readonly find?: string | undefined
}

const rampsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/ramps',
  validateSearch: (search): RampsSearch => texts(search, ['show', 'find']),
  component: lazyRouteComponent(() => import('./ramps/ramps-page.tsx'), 'RampsPage'),
})

/** What of a ramp is looked at. */
export interface RampSearch {
  readonly view?: string | undefined
  readonly stage?: string | undefined
  /** The ramp it is put beside. */
  readonly with?: string | undefined
  /** The moment looked at, as a number of entries; absent: now. */
  readonly at?: string | undefined
}

const rampRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/ramps/$ramp',
  validateSearch: (search): RampSearch => texts(search, ['view', 'stage', 'with', 'at']),
  component: lazyRouteComponent(() => import('./ramp/ramp-page.tsx'), 'RampPage'),
})

const contractsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contracts',
  component: lazyRouteComponent(() => import('./contracts/contracts-page.tsx'), 'ContractsPage'),
})

/** What of a contract is looked at. */
export interface ContractSearch {
  readonly revision?: string | undefined
  /** The revision it is compared with. */
  readonly from?: string | undefined
  readonly view?: string | undefined
}

const contractRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contracts/$kind/$name',
  validateSearch: (search): ContractSearch => texts(search, ['revision', 'from', 'view']),
  component: lazyRouteComponent(() => import('./contracts/contract-page.tsx'), 'ContractPage'),
})

const approvalsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/approvals',
  component: lazyRouteComponent(() => import('./approvals/approvals-page.tsx'), 'ApprovalsPage'),
})

/** Which entries are listed. */
export interface LedgerSearch {
  readonly find?: string | undefined
  readonly kind?: string | undefined
  /** The entry that is open. */
  readonly entry?: string | undefined
}

const ledgerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/ledger',
  validateSearch: (search): LedgerSearch => texts(search, ['find', 'kind', 'entry']),
  component: lazyRouteComponent(() => import('./ledger/ledger-page.tsx'), 'LedgerPage'),
})

/** Which ports are listed. */
export interface PortsSearch {
  readonly find?: string | undefined
  readonly state?: string | undefined
  /** The port whose story is open. */
  readonly port?: string | undefined
  readonly view?: string | undefined
  /** The repository whose scan is looked at. */
  readonly scan?: string | undefined
  /** Present: what is only a guess is shown too. */
  readonly guesses?: string | undefined
}

const portsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/ports',
  validateSearch: (search): PortsSearch =>
    texts(search, ['find', 'state', 'port', 'view', 'scan', 'guesses']),
  component: lazyRouteComponent(() => import('./ports/ports-page.tsx'), 'PortsPage'),
})

const regionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/regions',
  component: lazyRouteComponent(() => import('./regions/regions-page.tsx'), 'RegionsPage'),
})

const accessRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/access',
  validateSearch: (search): { readonly view?: string | undefined } => texts(search, ['view']),
  component: lazyRouteComponent(() => import('./access/access-page.tsx'), 'AccessPage'),
})

/** The one router. */
export const router = createRouter({
  routeTree: rootRoute.addChildren([
    overviewRoute,
    rampsRoute,
    rampRoute,
    contractsRoute,
    contractRoute,
    approvalsRoute,
    ledgerRoute,
    portsRoute,
    regionsRoute,
    accessRoute,
  ]),
  defaultPreload: 'intent',
})

declare module '@tanstack/react-router' {
  interface Register {
    readonly router: typeof router
  }
}

/** The members of a search that are texts; numbers in addresses are texts here too. */
function texts<Name extends string>(
  search: Record<string, unknown>,
  names: readonly Name[],
): { readonly [key in Name]?: string } {
  const found: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const value = search[name]
    if (typeof value === 'string' && value !== '') found[name] = value
    if (typeof value === 'number') found[name] = String(value)
  }
  return found
}
