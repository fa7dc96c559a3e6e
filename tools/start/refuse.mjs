/** How starting says that it cannot: what is wrong, what to do, exit code 1. Runs on Node 18. */

/** Prints two sentences to stderr and ends the process. */
export function refuse(problem, remedy) {
  console.error(`rampart: ${problem}\n  ${remedy}`)
  process.exit(1)
}
