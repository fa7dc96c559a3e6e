/** Options that several commands share. */

/** Asked for by `--json`. */
export interface JsonOption {
  readonly json?: boolean
}

/** Which contract is meant. */
export interface ContractOption {
  /** One of several contracts at the path. */
  readonly name?: string
}

/** For which of the contract's targets. */
export interface TargetOption {
  /** @default RAMPART_TARGET, where the contract has targets */
  readonly target?: string
}

/** Which workspace is meant. */
export interface WorkspaceOption {
  /** A folder in it; its nearest `.rampart` upwards is used. @default the current folder */
  readonly workspace?: string
}
