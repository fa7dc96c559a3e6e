/**
 * The door of the package for services: listening where they are wanted, ending without losing a
 * request, finding others.
 */
export { type AcquiredPort, type AcquireOptions, acquirePort } from './sdk/acquire-port.ts'
export {
  type DiscoveredEndpoint,
  type DiscoveredService,
  type DiscoverOptions,
  discover,
} from './sdk/discover.ts'
export { type DrainOptions, type DrainOutcome, drain } from './sdk/drain.ts'
export { type DrainOnSignalOptions, drainOnSignal } from './sdk/drain-on-signal.ts'
export { type Listening, type ListenPlace, listen } from './sdk/listen.ts'
export { type WatchedConnections, watchConnections } from './sdk/watched-connections.ts'
