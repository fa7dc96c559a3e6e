import { base } from '../base'
const server = { port: 0x1068 }
export { config as default }
const config = mergeRsbuildConfig(base, { server })
