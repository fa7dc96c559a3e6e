/** The region of stages that belong to no group. An agent may work in it like in any other one. */
export const DEFAULT_REGION = 'default'
