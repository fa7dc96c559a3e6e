/** The door of the package: what a `rampart.config.ts` needs. */
export { defineEnvironment, definePorts } from './contracts/define.ts'
