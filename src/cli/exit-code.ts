/** Exit codes: 0 yes, 1 fault, 2 usage, 3 the gate says no; 130 the caller left with Ctrl-C. */
export const EXIT = { yes: 0, fault: 1, usage: 2, no: 3, interrupted: 130 } as const
