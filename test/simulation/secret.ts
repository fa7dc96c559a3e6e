/** What must never be recorded, in any form. */

/** A secret with everything that JSON and addresses write otherwise. */
export const SECRET = 'pa55"w0rd/of the simulation'
