/** What a proof does to the containers of its copy, through their engine. */

/** The containers of one workspace, by their subject. Touches no others. */
export interface CopiedContainers {
  /**
   * Freezes every process of a container.
   *
   * @returns how many containers it froze
   * @throws Error with the engine's words when it refuses
   */
  pause(subject: string): Promise<number>
  /** Lets it go on; idempotent. */
  unpause(subject: string): Promise<void>
  /** Kills it; that it runs no more is no trouble. */
  kill(subject: string): Promise<void>
  /** Removes every container and network that is left of the workspace. Returns how many there were. */
  clearAway(): Promise<number>
  /** Nothing may be asked afterwards. */
  close(): void
}
