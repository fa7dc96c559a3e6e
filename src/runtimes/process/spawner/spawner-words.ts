/** What the daemon and the spawner say to each other, over a channel that only these two hold. */
import type { SpawnRequest } from '../spawn.ts'
import type { SpawnedEnd } from './spawned.ts'

/** What the daemon says. */
export interface SpawnerHears {
  readonly id: number
  readonly request: SpawnRequest
}

/** What the spawner says; `ended` follows `spawned`. */
export type SpawnerSays =
  | { readonly says: 'ready' }
  | { readonly says: 'spawned'; readonly id: number; readonly pid: number }
  /** The daemon then tries itself, and meets the system's own error. */
  | { readonly says: 'refused'; readonly id: number }
  | ({ readonly says: 'ended'; readonly id: number } & SpawnedEnd)
