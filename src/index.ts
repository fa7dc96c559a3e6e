/** The door of the package: what a `rampart.config.ts` needs. */
export { defineEnvironment } from './contracts/define.ts'
