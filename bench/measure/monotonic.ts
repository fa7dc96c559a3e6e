/** The clock that all processes of a machine share and that nobody can set. */

/** Now, by that clock. @unit ms */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
