/** What TypeScript is told of lock.mjs, which runs before anything is installed. */

/** Runs the work while holding the lock; `waiting` is told once whom this process waits for. */
export declare function withLock<Result>(
  path: string,
  waiting: (pid: number) => void,
  work: () => Result | Promise<Result>,
): Promise<Result>
